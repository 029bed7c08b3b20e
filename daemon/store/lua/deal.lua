-- ---------------------------------------------------------------- deals

-- Records keep this order. What is empty or 0 is not written; deal_read puts it back.
local DEAL_ORDER = { "id", "unit", "buyer", "consultant", "locked_by", "status", "created_ms", "held_since_ms", "deadline",
	"list_price_fen", "price_fen", "application", "applied_ms", "applied_by", "eligibility", "down_payment_fen", "note",
	"reject_reason", "slip", "slip_ms", "paid_fen", "review", "review_comment", "reviewed_by", "contract", "signed_ms",
	"settled_ms", "overdue_ms", "refund_fen", "requests", "refused_kind", "refused_comment", "ended_ms", "end_reason",
	"ended_by", "held_as", "launch" }

local DEAL_NUMBERS = { "deadline", "list_price_fen", "price_fen", "applied_ms", "down_payment_fen", "slip", "slip_ms", "paid_fen",
	"signed_ms", "settled_ms", "overdue_ms", "refund_fen", "ended_ms" }
local DEAL_TEXTS = { "locked_by", "application", "applied_by", "eligibility", "note", "reject_reason", "review",
	"review_comment", "reviewed_by", "contract", "requests", "refused_kind", "refused_comment", "end_reason", "ended_by",
	"held_as", "launch" }

local IS_OPEN = { locked = true, subscribed = true, contracted = true, settled = true }
local IS_HELD = { locked = true, subscribed = true }

local function deal_read(c, id)
	local d = json_decode(redis.call("HGET", c.p .. ":deals", id) or "")
	if not d then
		return nil
	end
	for _, k in ipairs(DEAL_NUMBERS) do
		d[k] = d[k] or 0
	end
	for _, k in ipairs(DEAL_TEXTS) do
		d[k] = d[k] or ""
	end
	d.held_since_ms = d.held_since_ms or d.created_ms
	return d
end

-- What a deal waits for, and so in whose queue it stands. Everything follows from the record.
local DEAL_QUEUES = { "application", "money", "review", "correction", "sign", "unpaid", "overdue", "refund" }

local function deal_waits(d)
	local held, review = IS_HELD[d.status], d.status == "subscribed" and d.paid_fen > 0
	return {
		application = d.status == "locked" and d.application == "submitted",
		money = d.status == "subscribed" and d.paid_fen == 0,
		review = review and d.review == "",
		correction = review and d.review == "back",
		sign = review and d.review == "pass",
		unpaid = d.status == "contracted" and d.paid_fen < d.price_fen,
		overdue = held and d.overdue_ms > 0,
		refund = d.refund_fen > 0,
	}
end

local function queue_put(c, member)
	redis.call("ZADD", c.p .. ":queue", "NX", int(c.now), member) -- NX: it has waited since it began to
end

local function queue_take(c, member)
	redis.call("ZREM", c.p .. ":queue", member)
end

local function deal_write(c, d)
	local kept, waits = {}, deal_waits(d)
	for _, k in ipairs(DEAL_ORDER) do
		local v = d[k]
		kept[k] = v ~= "" and v ~= 0 and v or nil
	end
	kept.deadline, kept.price_fen = d.deadline, d.price_fen -- clients count on these two
	redis.call("HSET", c.p .. ":deals", d.id, json_object(DEAL_ORDER, kept))
	for _, kind in ipairs(DEAL_QUEUES) do
		(waits[kind] and queue_put or queue_take)(c, kind .. "|" .. d.id)
	end
end

local function buyer_read(c, id)
	local b = json_decode(redis.call("HGET", c.p .. ":buyers", id) or "")
	return b and not b.erased and b or nil
end

local function list_price(c, unit)
	local home = json_decode(redis.call("HGET", c.p .. ":catalog", unit) or "") or {}
	return home.list_price_fen or 0
end

-- launch: the session by which the buyer chose, whose hold is its own; nil: the office locks.
local function deal_begin(c, id, buyer, consultant, launch)
	local price = list_price(c, id)
	local hold_ms = launch and math.min(launch.hold_ms, tonumber(c.meta.hold_max_ms)) or tonumber(c.meta.lock_hold_ms)
	local d = { id = "d" .. int(take_number(c, "deal")), unit = id, buyer = buyer, consultant = consultant, locked_by = c.actor,
		status = "locked", created_ms = c.now, held_since_ms = c.now, deadline = c.now + hold_ms, launch = launch and launch.id,
		list_price_fen = price, price_fen = price, paid_fen = 0, overdue_ms = 0, refund_fen = 0 }
	deal_write(c, d)
	redis.call("ZADD", c.p .. ":deals:" .. consultant, int(c.now), d.id)
	return d
end

-- Something happened to a deal that changes nothing on any board.
local function emit_deal(c, kind, d, fields)
	local f = { "deal", d.id, "hold", d.consultant, "on", d.unit }
	for _, v in ipairs(fields or {}) do
		f[#f + 1] = v
	end
	emit(c, kind, c.actor, c.role, f)
end

local function request_read(c, id)
	return json_decode(redis.call("HGET", c.p .. ":requests", id) or "")
end

local REQUEST_ORDER = { "id", "kind", "deal", "unit", "to", "price_fen", "deadline", "reason", "status", "by", "by_role", "at_ms",
	"decided_by", "decided_ms", "comment", "filed_by", "filed_ms" }

-- A request waits for a manager's decision; an approved discount then for the clerk to file it.
local function request_write(c, r)
	redis.call("HSET", c.p .. ":requests", r.id, json_object(REQUEST_ORDER, r))
	local member = (r.deal or "") .. "|" .. r.id;
	(r.status == "waiting" and queue_put or queue_take)(c, "approval|" .. member);
	(r.kind == "discount" and r.status == "approved" and queue_put or queue_take)(c, "filing|" .. member)
end

local function void_requests(c, d)
	for id in d.requests:gmatch("%S+") do
		local r = request_read(c, id)
		r.status = "void"
		request_write(c, r)
	end
	d.requests = ""
end

-- Ends a deal that holds a unit; the unit is then moved by the caller. Returns the event's fields about the money that has
-- to be paid back.
local function deal_end(c, d, status, reason, by)
	void_requests(c, d)
	d.held_as, d.status, d.ended_ms, d.end_reason, d.ended_by = d.status, status, c.now, reason, by
	d.overdue_ms, d.refund_fen = 0, d.paid_fen
	deal_write(c, d)
	return d.refund_fen > 0 and { "refund", int(d.refund_fen) } or nil
end
