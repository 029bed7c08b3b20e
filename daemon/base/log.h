/* Log lines on standard error: `time level subject: message`. systemd and containers collect them from there.
 *
 * A line is written once, by whoever handles the problem. Never log a password, a token, a name or a phone number:
 * lines carry account names, unit ids and codes only. Control characters in arguments are replaced, so hostile
 * input cannot forge lines. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_set_level(enum log_level level);
enum log_level log_level(void);

#define LOG_FORMAT(a, b) __attribute__((format(printf, a, b)))

void log_debug(const char *subject, const char *fmt, ...) LOG_FORMAT(2, 3);
void log_info(const char *subject, const char *fmt, ...) LOG_FORMAT(2, 3);
/* With errno's text appended / without. */
void log_warn(const char *subject, const char *fmt, ...) LOG_FORMAT(2, 3);
void log_warnx(const char *subject, const char *fmt, ...) LOG_FORMAT(2, 3);
void log_error(const char *subject, const char *fmt, ...) LOG_FORMAT(2, 3);

/* Our own mistake: says where, then aborts (a core file is worth more than a wrong board). */
_Noreturn void panic_at(const char *file, int line, const char *fmt, ...) LOG_FORMAT(3, 4);
#define panic(...) panic_at(__FILE__, __LINE__, __VA_ARGS__)

#endif
