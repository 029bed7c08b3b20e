/* Error codes of the whole daemon, one table.
 *
 * A row is what a person or program outside may see: the stable wire code (CONTRACT: errors), the HTTP status,
 * whether trying again can help, and the sentence in Chinese and English that says what to do.
 * Inside, functions return 0 or one of the negative enum values. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define UNUSED(x) ((void)(x))

/*      enum name          wire code            http retry  Chinese                                     English */
/* clang-format off */
#define LD_ERRORS(X) \
	X(BAD_REQUEST,       "bad_request",       400, false, "请求格式不正确",                           "The request is malformed.")            \
	X(UNAUTHENTICATED,   "unauthenticated",   401, false, "请先登录",                                 "Sign in first.")                       \
	X(BAD_CREDENTIALS,   "bad_credentials",   401, false, "账号或密码不正确",                         "The account or the password is wrong.") \
	X(FORBIDDEN,         "forbidden",         403, false, "您没有此操作的权限",                       "Your role may not do this.")           \
	X(NOT_HOLDER,        "not_holder",        403, false, "该房源不是由您锁定的",                     "You do not hold this unit.")           \
	X(OWN_REQUEST,       "own_request",       403, false, "不能审批自己提交的申请",                             "Nobody approves what he asked for himself.") \
	X(NOT_FOUND,         "not_found",         404, false, "没有这个地址",                             "There is nothing at this address.")    \
	X(NO_SUCH_PROJECT,   "no_such_project",   404, false, "没有这个项目",                             "There is no such project.")            \
	X(NO_SUCH_UNIT,      "no_such_unit",      404, false, "没有这个房源",                             "There is no such unit.")               \
	X(NO_SUCH_BUYER,     "no_such_buyer",     404, false, "没有这个客户",                             "There is no such buyer.")              \
	X(NO_SUCH_DEAL,      "no_such_deal",      404, false, "没有这笔交易",                                  "There is no such deal.") \
	X(NO_SUCH_REQUEST,   "no_such_request",   404, false, "没有这项申请",                                  "There is no such request.") \
	X(NO_SUCH_ACCOUNT,   "no_such_account",   404, false, "没有这个账号",                             "There is no such account.")            \
	X(NO_SUCH_DISPLAY,   "no_such_display",   404, false, "没有这块大屏",                             "There is no such display.")            \
	X(NO_SUCH_CODE,      "no_such_code",      404, false, "配对码不正确或已失效",                     "No display shows this code, or its time is over.") \
	X(NO_SUCH_LAUNCH,    "no_such_launch",    404, false, "没有这个场次",                             "There is no such launch session.")     \
	X(METHOD,            "method_not_allowed", 405, false, "此地址不支持该方法",                      "This address does not take that method.") \
	X(UNIT_TAKEN,        "unit_taken",        409, false, "该房源已被锁定",                           "The unit is taken.")                   \
	X(NOT_AVAILABLE,     "not_available",     409, false, "该房源当前状态不允许此操作",               "The unit's state does not allow this.") \
	X(STALE_REV,         "stale_rev",         409, false, "房源状态已变化,请刷新后再试",             "The unit has changed since you looked; look again.") \
	X(NOT_OPEN,          "not_open",          409, false, "该房源未开放",                             "The unit is not open.")                \
	X(NOT_READY,         "not_ready",         409, false, "前一步骤尚未完成,见 why",                          "A step before is missing; see why.") \
	X(LIMIT_REACHED,     "limit_reached",     409, false, "已达到数量上限",                           "The limit of units is reached.")       \
	X(EXISTS,            "exists",            409, false, "已经存在",                                 "It exists already.")                   \
	X(DUPLICATE,         "duplicate",         409, false, "重复:同一号码或申请已登记",                           "The same is recorded already.") \
	X(TOO_LATE,          "too_late",          409, false, "请求已超过有效时间,未执行",               "The request came after its not_after; nothing was done.") \
	X(LENGTH_REQUIRED,   "length_required",   411, false, "请求须带 Content-Length",                  "Send a Content-Length; chunked bodies are not taken.") \
	X(TOO_LARGE,         "too_large",         413, false, "请求内容过大",                             "The request is too large.")            \
	X(BAD_FILE,          "bad_file",          422, false, "文件有问题,未导入",                       "The file has problems; nothing was taken over.") \
	X(KEY_REUSED,        "key_reused",        422, false, "幂等键已用于另一请求",                     "The idempotency key was used for another request.") \
	X(FROZEN,            "frozen",            423, false, "项目已冻结,等待核对后由经理解冻",                        "The project is frozen until a manager has looked and thaws it.") \
	X(RATE_LIMITED,      "rate_limited",      429, true,  "操作过于频繁,请稍后再试",                 "Too many requests; wait a moment.")    \
	X(UNAVAILABLE,       "unavailable",       503, true,  "系统暂不可用,未执行任何操作,请稍后再试", "Not available now; nothing was done, try again.") \
	X(UNKNOWN,           "unknown",           504, true,  "结果未知,请用同一幂等键重试",             "The outcome is not known; repeat with the same key.")
/* clang-format on */

enum ld_err {
	LD_OK = 0,
	LD_ERR_BASE_ = -100,
#define X(name, wire, http, retry, zh, en) LD_E_##name,
	LD_ERRORS(X)
#undef X
		LD_ERR_END_
};

/* The row of a code. Total: anything unknown is the row of LD_E_UNKNOWN. */
const char *err_code(int err);
int err_http_status(int err);
bool err_retryable(int err);
const char *err_text_zh(int err);
const char *err_text_en(int err);

/* The enum value of a wire code; LD_E_UNKNOWN when there is none. */
int err_from_code(const char *code);

#endif
