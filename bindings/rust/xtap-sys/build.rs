//! Tells cargo where libxtap is: from XTAP_LIB_DIR, else from pkg-config. Uses the standard library alone.

use std::env;
use std::process::{exit, Command};

fn main() {
    for name in ["XTAP_LIB_DIR", "XTAP_STATIC", "DOCS_RS", "PKG_CONFIG", "PKG_CONFIG_PATH"] {
        println!("cargo:rerun-if-env-changed={name}");
    }
    println!("cargo:rerun-if-changed=build.rs");
    if env::var_os("DOCS_RS").is_some() {
        return; // documentation links nothing
    }
    let wants_static = env::var("XTAP_STATIC").map_or(false, |value| value != "0" && !value.is_empty());
    match env::var("XTAP_LIB_DIR") {
        Ok(folder) => {
            println!("cargo:rustc-link-search=native={folder}");
            link("xtap", wants_static);
            if wants_static {
                // What libxtap.a needs; pkg-config says the same, but it was not asked.
                ["curl", "crypto", "simdjson", "z", "stdc++", "m"].iter().for_each(|name| link(name, false));
            }
        }
        Err(_) => link_as_told(&ask_pkg_config(wants_static), wants_static),
    }
}

fn link(name: &str, statically: bool) {
    println!("cargo:rustc-link-lib={}={name}", if statically { "static" } else { "dylib" });
}

fn ask_pkg_config(wants_static: bool) -> String {
    let program = env::var("PKG_CONFIG").unwrap_or_else(|_| "pkg-config".to_string());
    let mut command = Command::new(&program);
    command.arg("--libs");
    if wants_static {
        command.arg("--static");
    }
    match command.arg("xtap").output() {
        Ok(answer) if answer.status.success() => String::from_utf8_lossy(&answer.stdout).into_owned(),
        Ok(answer) => give_up(&String::from_utf8_lossy(&answer.stderr)),
        Err(problem) => give_up(&format!("{program}: {problem}")),
    }
}

fn give_up(why: &str) -> ! {
    eprintln!(
        "xtap-sys: libxtap was not found: {}\nInstall libxtap with its xtap.pc (PKG_CONFIG_PATH says where else to look), \
         or set XTAP_LIB_DIR to the folder that holds libxtap.so.",
        why.trim()
    );
    exit(1)
}

fn link_as_told(flags: &str, wants_static: bool) {
    for flag in flags.split_whitespace() {
        if let Some(folder) = flag.strip_prefix("-L") {
            println!("cargo:rustc-link-search=native={folder}");
        } else if let Some(name) = flag.strip_prefix("-l") {
            link(name, wants_static && name == "xtap");
        } else {
            println!("cargo:rustc-link-arg={flag}");
        }
    }
}
