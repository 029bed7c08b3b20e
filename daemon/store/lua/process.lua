-- ---------------------------------------------------------------- the way of a deal: application, slip, review, contract

local function is_fen(text)
	return is_whole(text) and tonumber(text) > 0
end

-- The deal that a call names, by itself or by the unit that it holds, and its unit; or a refusal in third place.
local function deal_named(c, deal, unit)
	if deal == "" then
		local u = unit_read(c, unit)
		if not u then
			return nil, nil, refuse("no_such_unit")
		elseif u.deal == "" then
			return nil, nil, not_available(u)
		end
		deal = u.deal
	end
	local d = deal_read(c, deal)
	if not d or (unit ~= "" and d.unit ~= unit) then
		return nil, nil, refuse("no_such_deal")
	end
	return d, unit_read(c, d.unit)
end

-- The same for a deal that must be one's own (where the right says so) and in one of the states, and not run out.
local function deal_in(c, args, states)
	local d, u, refusal = deal_named(c, args[1] or "", args[2] or "")
	if refusal then
		return nil, nil, refusal
	elseif c.grant == "OWN" and d.consultant ~= c.actor then
		return nil, nil, refuse("not_holder")
	elseif not states[d.status] then
		return nil, nil, refuse("not_available", "status", d.status)
	elseif is_lapsed(c, u) then
		return nil, nil, refuse("not_available", "status", "expired")
	end
	return d, u
end

local function deal_reply(c, d, ...)
	local u = unit_read(c, d.unit)
	local reply = { "ok", "deal", d.id, "unit", d.unit, "status", d.status, "rev", int(u.rev), "seq", int(c.seq) }
	if IS_OPEN[d.status] and u.deadline > 0 then
		reply[#reply + 1], reply[#reply + 2] = "deadline", int(u.deadline)
	end
	for _, v in ipairs({ ... }) do
		reply[#reply + 1] = v
	end
	return reply
end

-- A hold may last so long at most, however often it is extended.
local function latest_deadline(c, d)
	return d.held_since_ms + tonumber(c.meta.hold_max_ms)
end

local function settle_when_paid(c, d, u)
	if d.status == "contracted" and d.paid_fen >= d.price_fen then
		d.status, d.settled_ms = "settled", c.now
		unit_move(c, d.unit, u, "settle", "settled", c.actor, c.role, "", { "price", int(d.price_fen) })
	end
end

-- What was chosen in a launch session is held for a short while. With the application, whoever brings it, that becomes the
-- usual hold; once.
local function hold_on(c, d, u)
	if d.launch ~= "" and d.applied_ms == 0 and u.deadline > 0 then
		d.deadline = math.max(u.deadline, math.min(c.now + tonumber(c.meta.lock_hold_ms), latest_deadline(c, d)))
		u.deadline = d.deadline
		unit_move(c, d.unit, u, "complete", "locked", c.actor, c.role)
	end
	d.application = "submitted"
end

local function emit_apply(c, d)
	emit_deal(c, "apply", d, { "price", int(d.price_fen), d.launch ~= "" and "launch" or nil, d.launch })
end

-- deal unit eligibility down_payment_fen price_fen note. Submitting again, after a rejection or to correct oneself, is
-- submitting anew; after a contract was sent back it says that the matter is put right.
writer("ld_apply", "deal.apply", {}, function(c, args)
	local d, u, refusal = deal_in(c, args, { locked = true, subscribed = true })
	local eligibility, down_payment, price, note = args[3] or "", args[4] or "", args[5] or "", args[6] or ""
	if refusal then
		return refusal
	elseif d.status == "subscribed" and d.review ~= "back" then
		return not_available(u)
	elseif eligibility ~= "qualified" and eligibility ~= "unqualified" and eligibility ~= "unknown" then
		return refuse("bad_request", "field", "eligibility", "why", "qualified, unqualified or unknown")
	elseif down_payment ~= "" and not is_whole(down_payment) then
		return refuse("bad_request", "field", "down_payment_fen")
	elseif price ~= "" and (not is_fen(price) or tonumber(price) ~= d.price_fen) then
		return refuse("bad_request", "field", "price_fen", "why", "the price of the deal is another; a discount is asked for first",
			"price_fen", int(d.price_fen))
	elseif not is_text(note) then
		return refuse("bad_request", "field", "note")
	end
	d.eligibility, d.down_payment_fen, d.note = eligibility, tonumber(down_payment) or 0, note
	if d.status == "locked" then
		hold_on(c, d, u)
	else
		d.review, d.review_comment = "", ""
	end
	d.applied_ms, d.applied_by, d.reject_reason = c.now, c.actor, ""
	emit_apply(c, d)
	deal_write(c, d)
	return deal_reply(c, d, "application", d.application)
end)

-- What stands between a submitted application and its slip; nil when nothing does.
local function approve_problem(c, d)
	if d.application ~= "submitted" then
		return refuse("not_ready", "why", "application")
	elseif d.applied_by == c.actor then
		return refuse("own_request")
	elseif d.eligibility == "unqualified" or (buyer_read(c, d.buyer) or {}).qualification == "refused" then
		return refuse("not_ready", "why", "eligibility")
	end
	for id in d.requests:gmatch("%S+") do
		if request_read(c, id).kind == "discount" then
			return refuse("not_ready", "why", "discount", "request", id) -- the price is still open
		end
	end
end

-- deal unit
writer("ld_approve", "deal.approve", {}, function(c, args)
	local d, u, refusal = deal_in(c, args, { locked = true })
	refusal = refusal or approve_problem(c, d)
	if refusal then
		return refusal
	end
	d.application, d.status, d.slip, d.slip_ms = "approved", "subscribed", take_number(c, "slip"), c.now
	-- An overdue hold with money stays with clerk and manager: no new clock by the back door.
	if u.deadline > 0 then
		-- A maximum that was lowered meanwhile takes nothing away from a hold that runs.
		d.deadline = math.min(c.now + tonumber(c.meta.subscribe_hold_ms), math.max(latest_deadline(c, d), u.deadline))
		u.deadline = d.deadline
	end
	unit_move(c, d.unit, u, "approve", "subscribed", c.actor, c.role, "", { "slip", int(d.slip), "price", int(d.price_fen) })
	deal_write(c, d)
	return deal_reply(c, d, "slip", int(d.slip), "price_fen", int(d.price_fen))
end)

-- deal unit reason: back to the consultant; the lock keeps its deadline
writer("ld_reject", "deal.reject", {}, function(c, args)
	local d, _, refusal = deal_in(c, args, { locked = true })
	local reason = args[3] or ""
	if refusal then
		return refusal
	elseif d.application ~= "submitted" then
		return refuse("not_ready", "why", "application")
	elseif d.applied_by == c.actor then
		return refuse("own_request")
	elseif reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	end
	d.application, d.reject_reason = "rejected", reason
	emit_deal(c, "reject", d, { "why", reason })
	deal_write(c, d)
	return deal_reply(c, d, "application", d.application)
end)

-- deal unit result comment: "pass", or "back" with what has to be put right
writer("ld_review", "deal.review", {}, function(c, args)
	local d, _, refusal = deal_in(c, args, { subscribed = true })
	local result, comment = args[3] or "", args[4] or ""
	if refusal then
		return refusal
	elseif result ~= "pass" and result ~= "back" then
		return refuse("bad_request", "field", "result", "why", "pass or back")
	elseif not is_text(comment) or (result == "back" and comment == "") then
		return refuse("bad_request", "field", "comment")
	elseif d.review == result then
		return refuse("not_available", "status", d.status, "review", d.review)
	elseif d.applied_by == c.actor then
		return refuse("own_request") -- an account that has another role by now
	end
	d.review, d.review_comment, d.reviewed_by = result, comment, c.actor
	emit_deal(c, "review", d, comment ~= "" and { "result", result, "why", comment } or { "result", result })
	deal_write(c, d)
	return deal_reply(c, d, "review", result)
end)

-- deal unit contract: the number of the signed contract
writer("ld_sign", "deal.sign", {}, function(c, args)
	local d, u, refusal = deal_in(c, args, { subscribed = true })
	local contract = args[3] or ""
	if refusal then
		return refusal
	elseif not is_name(contract) then
		return refuse("bad_request", "field", "contract")
	elseif d.paid_fen == 0 then
		return refuse("not_ready", "why", "receipt")
	elseif d.review ~= "pass" then
		return refuse("not_ready", "why", "review")
	elseif d.reviewed_by == c.actor then
		return refuse("own_request")
	elseif redis.call("HEXISTS", c.p .. ":contracts", contract) == 1 then
		return refuse("duplicate", "field", "contract")
	end
	redis.call("HSET", c.p .. ":contracts", contract, d.id)
	d.status, d.contract, d.signed_ms, d.deadline, d.overdue_ms = "contracted", contract, c.now, 0, 0
	u.deadline = 0
	unit_move(c, d.unit, u, "sign", "contracted", c.actor, c.role, "", { "contract", contract, "price", int(d.price_fen) })
	settle_when_paid(c, d, u)
	deal_write(c, d)
	return deal_reply(c, d, "contract", contract)
end)
