/* For the examples that stream: SIGINT and SIGTERM end the stream in good order instead of killing the
 * program, so that what has arrived is still printed and what was set up is taken down again. */
#ifndef XTAP_EXAMPLE_SIGNALS_H
#define XTAP_EXAMPLE_SIGNALS_H

#include <xtap/xtap.h>

#include <pthread.h>
#include <signal.h>

static inline sigset_t ending_signals(void) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

/* A signal handler may call xtap_stream_cancel only, which drops what is buffered. A thread may finish. */
static inline void *finish_on_signal(void *stream) {
    sigset_t signals = ending_signals();
    int which;
    sigwait(&signals, &which);
    xtap_stream_finish(stream);
    return NULL;
}

/* Call it first, before there is anything to take down: signals then wait until somebody asks for them. */
static inline void hold_signals(void) {
    sigset_t signals = ending_signals();
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

static inline xtap_status start_finishing(pthread_t *thread, xtap_stream *stream) {
    return pthread_create(thread, NULL, finish_on_signal, stream) == 0 ? XTAP_OK : XTAP_E_NO_MEMORY;
}

/* Call it before xtap_stream_close: until then the thread may use the stream. */
static inline void stop_finishing(pthread_t thread) {
    pthread_kill(thread, SIGINT); /* it may still be waiting; finishing an ended stream does no harm */
    pthread_join(thread, NULL);
}

#endif
