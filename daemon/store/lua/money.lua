-- ---------------------------------------------------------------- money that finance confirms
do

local RECEIPT_KINDS = { subscription = true, down_payment = true, mortgage = true }
local RECEIPT_ORDER = { "no", "deal", "unit", "kind", "fen", "at_ms", "by", "ref", "late" }

-- The reference of the bank or of the paper receipt: the same one is never counted twice.
local function reference_problem(c, ref)
	if ref ~= "" and not is_name(ref) then
		return refuse("bad_request", "field", "ref")
	end
	local before = ref ~= "" and redis.call("HGET", c.p .. ":refs", ref)
	return before and refuse("duplicate", "field", "ref", "receipt", before) or nil
end

local function receipt_write(c, d, kind, fen, ref, late)
	local no = int(take_number(c, "receipt"))
	redis.call("HSET", c.p .. ":receipts", no, json_object(RECEIPT_ORDER, { no = tonumber(no), deal = d.id, unit = d.unit, kind = kind,
		fen = fen, at_ms = c.now, by = c.actor, ref = ref ~= "" and ref or nil, late = late and 1 or nil }))
	if ref ~= "" then
		redis.call("HSET", c.p .. ":refs", ref, no)
	end
	local fields = { "no", no, "kind", kind, "fen", int(fen), "paid", int(d.paid_fen) }
	if late then
		fields[#fields + 1], fields[#fields + 2] = "late", "1"
	end
	emit_deal(c, "receipt", d, fields)
	return no
end

-- The deal goes on where it ended, with a new hold: it was paid for, and nobody else has the unit.
local function revive(c, d, u)
	local hold = d.held_as == "subscribed" and c.meta.subscribe_hold_ms or c.meta.lock_hold_ms
	d.status, d.held_as, d.ended_ms, d.end_reason, d.ended_by, d.refund_fen = d.held_as, "", 0, "", "", 0
	d.held_since_ms, d.deadline = c.now, c.now + tonumber(hold)
	u.deal, u.holder, u.deadline = d.id, d.consultant, d.deadline
	unit_move(c, d.unit, u, "revive", d.status, c.actor, c.role, "", { "price", int(d.price_fen) })
end

-- Money for a deal that had ended: the deal is revived when it ran out of time and its unit is still free; else the money
-- has to be paid back.
local function receive_late(c, d)
	local u = unit_read(c, d.unit)
	if is_lapsed(c, u) then
		expire(c, d.unit, u)
	end
	if d.status == "expired" and u.status == "available" and buyer_read(c, d.buyer) and not launch_of(c, d.unit) then
		revive(c, d, u)
	else
		d.refund_fen = d.paid_fen
	end
end

-- deal unit kind fen ref
writer("ld_receipt", "deal.receipt", {}, function(c, args)
	local d, u, refusal = deal_named(c, args[1] or "", args[2] or "")
	local kind, fen, ref = args[3] or "", args[4] or "", args[5] or ""
	if refusal then
		return refusal
	elseif not RECEIPT_KINDS[kind] then
		return refuse("bad_request", "field", "kind", "why", "subscription, down_payment or mortgage")
	elseif not is_fen(fen) then
		return refuse("bad_request", "field", "amount_fen")
	elseif d.paid_fen + tonumber(fen) > d.price_fen then
		return refuse("bad_request", "field", "amount_fen", "why", "more than is outstanding", "outstanding_fen",
			int(d.price_fen - d.paid_fen))
	end
	refusal = reference_problem(c, ref)
	if refusal then
		return refusal
	end
	if IS_OPEN[d.status] and is_lapsed(c, u) then
		expire(c, d.unit, u)
		d = deal_read(c, d.id)
	end
	local late = not IS_OPEN[d.status]
	d.paid_fen = d.paid_fen + tonumber(fen)
	local no = receipt_write(c, d, kind, tonumber(fen), ref, late)
	if late then
		receive_late(c, d)
	else
		settle_when_paid(c, d, u)
	end
	deal_write(c, d)
	local reply = deal_reply(c, d, "receipt", no, "paid_fen", int(d.paid_fen))
	if d.refund_fen > 0 then
		reply[#reply + 1], reply[#reply + 2] = "refund_fen", int(d.refund_fen)
	end
	return reply
end)

-- deal fen ref: money that was paid back to the buyer
writer("ld_refund", "deal.refund", {}, function(c, args)
	local d, _, refusal = deal_named(c, args[1] or "", "")
	local fen, ref = args[2] or "", args[3] or ""
	if refusal then
		return refusal
	elseif not is_fen(fen) then
		return refuse("bad_request", "field", "amount_fen")
	elseif tonumber(fen) > d.refund_fen then
		return refuse("bad_request", "field", "amount_fen", "why", "more than is to be paid back", "refund_fen", int(d.refund_fen))
	end
	refusal = reference_problem(c, ref)
	if refusal then
		return refusal
	end
	d.paid_fen, d.refund_fen = d.paid_fen - tonumber(fen), d.refund_fen - tonumber(fen)
	local no = receipt_write(c, d, "refund", tonumber(fen), ref, false)
	deal_write(c, d)
	return deal_reply(c, d, "receipt", no, "refund_fen", int(d.refund_fen))
end)

end
