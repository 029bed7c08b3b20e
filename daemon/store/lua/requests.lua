-- ---------------------------------------------------------------- requests: what one asks for and a manager decides

local HELD = { locked = true, subscribed = true }

-- A deadline that an extension asks for: later than now's, within the deal's absolute maximum.
local function extension_problem(c, d, deadline)
	if not is_whole(deadline) or tonumber(deadline) <= math.max(d.deadline, c.now) then
		return refuse("bad_request", "field", "deadline", "why", "later than the present deadline, in milliseconds")
	elseif tonumber(deadline) > latest_deadline(c, d) then
		return refuse("limit_reached", "deadline_max", int(latest_deadline(c, d)))
	end
end

local function extend(c, d, u, deadline, reason)
	d.deadline, d.overdue_ms, u.deadline = tonumber(deadline), 0, tonumber(deadline)
	unit_move(c, d.unit, u, "extend", u.status, c.actor, c.role, reason)
end

-- A slip names the buyer, the unit and the price: when one of them changes, another slip is issued.
local function slip_anew(c, d)
	d.slip, d.slip_ms = take_number(c, "slip"), c.now
	return { "slip", int(d.slip) }
end

local function swap(c, d, u, r)
	local was, to = d.status, unit_read(c, r.to)
	void_requests(c, d) -- what else was asked for was about the other unit
	if is_lapsed(c, to) then
		expire(c, r.to, to)
	end
	local old, price = d.unit, list_price(c, r.to)
	unit_move(c, old, u, "swap_out", "available", c.actor, c.role, r.reason, { "to", r.to })
	d.unit, d.list_price_fen, d.price_fen = r.to, price, price
	d.review, d.review_comment, d.contract, d.signed_ms = "", "", "", 0
	d.refused_kind, d.refused_comment = "", ""
	local fields = { "from", old, "price", int(price) }
	if was ~= "locked" then
		local slip = slip_anew(c, d)
		fields[#fields + 1], fields[#fields + 2] = slip[1], slip[2]
	end
	if was == "contracted" then
		d.status, d.held_since_ms, d.deadline = "subscribed", c.now, c.now + tonumber(c.meta.subscribe_hold_ms)
	end
	to.deal, to.holder, to.deadline = d.id, d.consultant, d.deadline
	unit_move(c, r.to, to, "swap_in", d.status, c.actor, c.role, r.reason, fields)
end

-- Each kind: the right to ask, the deal's states in which it may be asked, which field of the request the value is,
-- `check` at asking and again at deciding, and `execute` when it is approved. check(c, d, value) → refusal or nil.
local KINDS = {
	discount = { right = "discount.ask", states = { locked = true }, field = "price_fen",
		check = function(_, d, value)
			if not is_fen(value) or tonumber(value) >= d.list_price_fen then
				return refuse("bad_request", "field", "price_fen", "why", "less than the list price", "list_price_fen",
					int(d.list_price_fen))
			end
		end },
	extension = { right = "deal.extend", states = HELD, field = "deadline", check = extension_problem,
		execute = function(c, d, u, r) extend(c, d, u, int(r.deadline), r.reason) end },
	swap = { right = "deal.swap", states = { locked = true, subscribed = true, contracted = true }, field = "to",
		check = function(c, d, value)
			local to = unit_read(c, value)
			if not to then
				return refuse("no_such_unit")
			elseif value == d.unit then
				return refuse("bad_request", "field", "to")
			elseif to.status ~= "available" and not is_lapsed(c, to) then
				return refuse(to.status == "withheld" and "not_open" or "unit_taken", "unit", value, "rev", int(to.rev))
			elseif launch_bars(c, value) then
				return launch_bars(c, value)
			elseif list_price(c, value) < d.paid_fen then
				return refuse("not_ready", "why", "paid", "paid_fen", int(d.paid_fen)) -- more was paid than that unit costs
			end
		end,
		execute = swap },
	rename = { right = "deal.rename", states = HELD, field = "to",
		check = function(c, d, value)
			local b = buyer_read(c, value)
			if not b then
				return refuse("no_such_buyer")
			elseif value == d.buyer then
				return refuse("bad_request", "field", "to")
			elseif b.consultant ~= d.consultant then
				return refuse("forbidden")
			elseif b.qualification == "refused" then
				return refuse("not_ready", "why", "eligibility") -- as before a slip of one's own
			end
		end,
		execute = function(c, d, _, r)
			d.buyer = r.to
			local fields = { "b", r.to }
			-- What the clerk checked or was to check, and the contract that was reviewed, were about the one who steps back.
			if d.status == "subscribed" then
				local slip = slip_anew(c, d)
				fields[3], fields[4] = slip[1], slip[2]
				d.review, d.review_comment, d.reviewed_by = "", "", ""
			else
				d.application, d.reject_reason, d.eligibility, d.down_payment_fen, d.note = "", "", "", 0, ""
			end
			emit_deal(c, "rename", d, fields)
		end },
	withdraw = { right = "deal.withdraw", states = { locked = true, subscribed = true, contracted = true, settled = true },
		check = function(_, d)
			if d.status == "locked" and d.paid_fen == 0 then
				return refuse("not_available", "status", d.status) -- its holder releases it
			end
		end,
		execute = function(c, d, u, r)
			local refund = deal_end(c, d, "withdrawn", r.reason, c.actor)
			unit_move(c, d.unit, u, "withdraw", "available", c.actor, c.role, r.reason, refund)
		end },
	price = { right = "price.ask", field = "price_fen" },
}

-- Whether a deal is still where a request of this kind makes sense; the same question at asking and at deciding.
local function deal_problem(c, kind, d, u, value)
	if not KINDS[kind].states[d.status] then
		return refuse("not_available", "status", d.status)
	elseif is_lapsed(c, u) then
		return refuse("not_available", "status", "expired")
	end
	return KINDS[kind].check(c, d, value)
end

local function request_open(c, d, kind)
	for id in d.requests:gmatch("%S+") do
		if request_read(c, id).kind == kind then
			return id
		end
	end
end

local function request_close(d, id)
	local kept = {}
	for each in d.requests:gmatch("%S+") do
		if each ~= id then
			kept[#kept + 1] = each
		end
	end
	d.requests = table.concat(kept, " ")
end

-- The value stands in the field that its kind names.
local function request_new(c, kind, value, reason)
	local r = { id = "r" .. int(take_number(c, "request")), kind = kind, reason = reason, status = "waiting", by = c.actor,
		by_role = c.role, at_ms = c.now }
	local field = KINDS[kind].field
	if field then
		r[field] = field == "to" and value or tonumber(value)
	end
	return r
end

local function ask_fields(r)
	local f = { "req", r.id, "kind", r.kind }
	for name, v in pairs({ to = r.to, price = r.price_fen and int(r.price_fen) }) do
		f[#f + 1], f[#f + 2] = name, v
	end
	f[#f + 1], f[#f + 2] = "why", r.reason
	return f
end

-- args: deal unit value reason
local function ask(c, kind, args)
	local value, reason = args[3] or "", args[4] or ""
	local d, u, refusal = deal_named(c, args[1] or "", args[2] or "")
	if refusal then
		return refusal
	elseif c.grant == "OWN" and d.consultant ~= c.actor then
		return refuse("not_holder")
	elseif reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	end
	refusal = deal_problem(c, kind, d, u, value)
	if refusal then
		return refusal
	end
	local before = request_open(c, d, kind)
	if before then
		return refuse("duplicate", "field", "request", "request", before)
	end
	local r = request_new(c, kind, value, reason)
	r.deal, r.unit = d.id, d.unit
	d.requests = d.requests == "" and r.id or d.requests .. " " .. r.id
	if d.refused_kind == kind then
		d.refused_kind, d.refused_comment = "", ""
	end
	emit_deal(c, "ask", d, ask_fields(r))
	request_write(c, r)
	deal_write(c, d)
	return deal_reply(c, d, "request", r.id)
end

local function asker(name, kind)
	writer(name, KINDS[kind].right, {}, function(c, args)
		return ask(c, kind, args)
	end)
end

asker("ld_ask_discount", "discount")
asker("ld_ask_swap", "swap")
asker("ld_ask_rename", "rename")
asker("ld_ask_withdraw", "withdraw")

-- deal unit deadline reason: a manager extends at once, a consultant asks
writer("ld_extend", "deal.extend", {}, function(c, args)
	if c.grant == "OWN" then
		return ask(c, "extension", args)
	end
	local d, u, refusal = deal_in(c, args, HELD)
	local deadline, reason = args[3] or "", args[4] or ""
	if refusal then
		return refusal
	elseif d.consultant == c.actor then
		return refuse("own_request") -- what a manager holds himself, another one extends
	elseif reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	end
	refusal = extension_problem(c, d, deadline)
	if refusal then
		return refusal
	end
	extend(c, d, u, deadline, reason)
	deal_write(c, d)
	return deal_reply(c, d)
end)

-- ---- the list price of a unit that nobody holds

local function price_problem(c, id, price)
	local u, refusal = unit_at(c, id)
	if refusal then
		return refusal
	elseif u.deal ~= "" then
		return not_available(u) -- frozen while it is held
	elseif not is_fen(price) or tonumber(price) == list_price(c, id) then
		return refuse("bad_request", "field", "price_fen")
	end
end

-- unit price_fen reason
writer("ld_ask_price", "price.ask", {}, function(c, args)
	local id, price, reason = args[1] or "", args[2] or "", args[3] or ""
	local refusal = price_problem(c, id, price)
	if refusal then
		return refusal
	elseif reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	end
	local r = request_new(c, "price", price, reason)
	r.unit = id
	local f = ask_fields(r)
	emit(c, "ask", c.actor, c.role, { "on", id, unpack(f) })
	request_write(c, r)
	return { "ok", "unit", id, "request", r.id, "seq", int(c.seq) }
end)

-- ---- deciding

-- The request that a call names, by itself or as the only one of its kind that the unit's deal waits for.
local function request_named(c, id, unit, kind)
	if id == "" and unit ~= "" then
		local d, _, refusal = deal_named(c, "", unit)
		if refusal then
			return nil, refusal
		end
		id = request_open(c, d, kind) or ""
	end
	local r = request_read(c, id)
	if not r or (kind and r.kind ~= kind) then
		return nil, refuse("no_such_request")
	end
	return r
end

local function decide_problem(c, r, decision, comment)
	if r.status ~= "waiting" then
		return refuse("not_available", "status", r.status)
	elseif r.by == c.actor then
		return refuse("own_request")
	elseif decision ~= "yes" and decision ~= "no" then
		return refuse("bad_request", "field", "approve")
	elseif not is_text(comment) or (decision == "no" and comment == "") then
		return refuse("bad_request", "field", "reason")
	elseif decision == "no" then
		return nil
	elseif r.kind == "price" then
		return price_problem(c, r.unit, int(r.price_fen))
	end
	local d, value = deal_read(c, r.deal), r[KINDS[r.kind].field or ""]
	return deal_problem(c, r.kind, d, unit_read(c, d.unit), type(value) == "number" and int(value) or value)
end

local function decide(c, r, decision, comment)
	local fields = { "req", r.id, "kind", r.kind, "result", decision }
	if comment ~= "" then
		fields[#fields + 1], fields[#fields + 2] = "why", comment
	end
	r.status, r.decided_by, r.decided_ms, r.comment = decision == "yes" and "approved" or "refused", c.actor, c.now, comment
	if r.kind == "price" then
		emit(c, "decide", c.actor, c.role, { "on", r.unit, unpack(fields) })
		request_write(c, r)
		if decision == "yes" then
			unit_reprice(c, r.unit, r.price_fen)
		end
		return { "ok", "unit", r.unit, "request", r.id, "decision", r.status, "seq", int(c.seq) }
	end
	local d, execute = deal_read(c, r.deal), KINDS[r.kind].execute
	emit_deal(c, "decide", d, fields)
	if decision == "no" or execute then
		request_close(d, r.id)
	end
	if decision == "no" then
		d.refused_kind, d.refused_comment = r.kind, comment -- whoever asked reads it beside the deal
	end
	request_write(c, r)
	if decision == "yes" and execute then
		execute(c, d, unit_read(c, d.unit), r)
	end
	deal_write(c, d)
	return deal_reply(c, d, "request", r.id, "decision", r.status)
end

-- request unit yes|no reason; kind: the only one that this function decides, nil for all
local function decider(name, right, kind)
	writer(name, right, {}, function(c, args)
		local r, refusal = request_named(c, args[1] or "", kind and args[2] or "", kind)
		refusal = refusal or decide_problem(c, r, args[3] or "", args[4] or "")
		return refusal or decide(c, r, args[3], args[4] or "")
	end)
end

decider("ld_decide", "request.decide")
decider("ld_decide_discount", "discount.decide", "discount")

-- request unit: the clerk files an approved discount; from here on it is the deal's price
writer("ld_file_discount", "discount.file", {}, function(c, args)
	local r, refusal = request_named(c, args[1] or "", args[2] or "", "discount")
	if refusal then
		return refusal
	elseif r.status ~= "approved" then
		return refuse("not_available", "status", r.status)
	elseif r.by == c.actor or r.decided_by == c.actor then
		return refuse("own_request")
	end
	local d = deal_read(c, r.deal)
	refusal = deal_problem(c, "discount", d, unit_read(c, d.unit), int(r.price_fen))
	if refusal then
		return refusal
	elseif d.paid_fen > r.price_fen then
		return refuse("not_ready", "why", "paid", "paid_fen", int(d.paid_fen))
	end
	r.status, r.filed_by, r.filed_ms = "filed", c.actor, c.now
	d.price_fen = r.price_fen
	request_close(d, r.id)
	emit_deal(c, "file", d, { "req", r.id, "price", int(d.price_fen) })
	request_write(c, r)
	deal_write(c, d)
	return deal_reply(c, d, "request", r.id, "price_fen", int(d.price_fen))
end)
