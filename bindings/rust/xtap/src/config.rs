//! Options of a client to be.

use std::ptr;

use xtap_sys as sys;

use crate::call::{c_text, check_version, checked, checked_giving, filled_text};
use crate::Result;

/// Options of a client to be. Every option has a method `set_...`; [`Config::set`] takes them by name. A value that is
/// not allowed is refused at once.
pub struct Config(*mut sys::xtap_config);

// SAFETY: a config may be used by any thread, one at a time; that is what `&mut` and not being Sync say.
unsafe impl Send for Config {}

impl Config {
    /// Every option at its default; nothing is read from the environment.
    pub fn new() -> Result<Config> {
        check_version()?;
        let mut made = ptr::null_mut();
        // SAFETY: `made` is written.
        checked_giving(|error| unsafe { sys::xtap_config_create(&mut made, error) })?;
        Ok(Config(made))
    }

    /// Every option for which the environment has a variable: `XTAP_BEARER_TOKEN` sets `bearer_token`.
    pub fn from_env() -> Result<Config> {
        let mut config = Config::new()?;
        config.load_env("XTAP")?;
        Ok(config)
    }

    /// Sets every option for which the environment has a variable with this prefix: all, or none when one is refused.
    pub fn load_env(&mut self, prefix: &str) -> Result<&mut Config> {
        let prefix = c_text(prefix, "the prefix")?;
        // SAFETY: the handle lives as long as self.
        checked(|error| unsafe { sys::xtap_config_load_env(self.0, prefix.as_ptr(), error) })?;
        Ok(self)
    }

    /// Sets an option by name.
    pub fn set(&mut self, name: &str, value: &str) -> Result<&mut Config> {
        let (name, value) = (c_text(name, "the option's name")?, c_text(value, name)?);
        // SAFETY: the handle lives as long as self; texts are copied.
        checked(|error| unsafe { sys::xtap_config_set(self.0, name.as_ptr(), value.as_ptr(), error) })?;
        Ok(self)
    }

    /// Sets an option back to its default.
    pub fn unset(&mut self, name: &str) -> Result<&mut Config> {
        let name = c_text(name, "the option's name")?;
        // SAFETY: as above; a value of NULL means the default.
        checked(|error| unsafe { sys::xtap_config_set(self.0, name.as_ptr(), ptr::null(), error) })?;
        Ok(self)
    }

    /// The value of an option: what was set, or the default. Secrets that are set read `***`.
    pub fn get(&self, name: &str) -> Result<String> {
        let name = c_text(name, "the option's name")?;
        // SAFETY: the handle lives as long as self.
        filled_text(|buffer, capacity, size, error| unsafe {
            sys::xtap_config_get(self.0, name.as_ptr(), buffer, capacity, size, error)
        })
    }

    pub(crate) fn as_ptr(&self) -> *const sys::xtap_config {
        self.0
    }
}

impl Drop for Config {
    fn drop(&mut self) {
        // SAFETY: nobody else has the handle.
        unsafe { sys::xtap_config_destroy(self.0) }
    }
}
