#!lua name=listing
-- The function library: every change of a project is one call of one function here, whole or not at all.
--
-- KEYS[1] is the project's prefix `ld:{P}`; every key of a project begins with it, so all lie in one hash slot. The
-- layout of the data stands in README.md ("Data in Redis").
--
-- A reply is a flat array of strings: `ok k v ...` or `err code k v ...`. A Redis error means trouble with Redis itself,
-- never a refusal. A refusal leaves the data byte-identical: Redis does not roll back, so in every function all checks
-- come before the first write.
--
-- Writers take the common four first: actor, role, idempotency key, not_after (ms, 0: none). `writer` below carries out the
-- five steps that all of them share.

local VERSION = 2
local SHA = "@SHA@"
local SCHEMA = "1"

local RESULT_TTL_MS = 48 * 3600 * 1000 -- twice the longest hold of the default office day
local CLOCK_DOUBT_MS = 60000
local UNITS_MAX = 20000
local NAME_MAX_BYTES, TEXT_MAX_BYTES, CATALOG_ENTRY_MAX_BYTES = 72, 120, 4096

--@TABLES@

local function clock_ms()
	local t = redis.call("TIME")
	return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- Lua numbers are doubles; milliseconds and fen stay below 2^53, but the default format would round them.
local function int(n)
	return string.format("%.0f", n)
end

local function refuse(code, ...)
	return { "err", code, ... }
end

-- ---------------------------------------------------------------- values

local function is_whole(text)
	return type(text) == "string" and text:match("^%d+$") ~= nil and #text <= 15
end

local function is_key(text)
	return #text >= 1 and #text <= 64 and not text:find("[^A-Za-z0-9_-]")
end

-- Names stand between `|` and in event fields: no control characters, no blanks, no separators.
local function is_name(text)
	return #text >= 1 and #text <= NAME_MAX_BYTES and not text:find("[%c%s|\"\\]")
end

-- A telephone or identity-card number in a reason would stand in the audit trail for ever: eleven digits in a row are one,
-- and so are the groups in which people write a mobile number or a card number.
local PERSONAL_NUMBERS = { ("%d"):rep(11), "1[3-9]%d[ -]?%d%d%d%d[ -]?%d%d%d%d", ("%d"):rep(6) .. "[ -]?" .. ("%d"):rep(8) .. "[ -]?%d%d%d[%dXx]" }

local function has_number(text)
	-- U+FF10 ... U+FF19, the full-width digits, count as digits.
	local plain = text:gsub("\239\188([\144-\153])", function(last) return string.char(last:byte() - 96) end)
	for _, pattern in ipairs(PERSONAL_NUMBERS) do
		if plain:find(pattern) then
			return true
		end
	end
	return false
end

local function is_text(text)
	return #text <= TEXT_MAX_BYTES and not text:find("%c") and not has_number(text)
end

-- A JSON object with its keys in the given order: records stay comparable byte for byte.
local function json_object(order, values)
	local parts = {}
	for _, k in ipairs(order) do
		local v = values[k]
		if type(v) == "number" then
			parts[#parts + 1] = '"' .. k .. '":' .. int(v)
		elseif v ~= nil then
			parts[#parts + 1] = '"' .. k .. '":' .. cjson.encode(v)
		end
	end
	return "{" .. table.concat(parts, ",") .. "}"
end

local function json_decode(text)
	local fine, value = pcall(cjson.decode, text)
	return fine and type(value) == "table" and value or nil
end

-- ---------------------------------------------------------------- units

local function unit_parse(packed)
	local status, rev, deal, deadline, holder, index = packed:match("^(%a+)|(%d+)|([^|]*)|(%d+)|([^|]*)|(%d+)$")
	return { status = status, rev = tonumber(rev), deal = deal, deadline = tonumber(deadline), holder = holder,
		index = tonumber(index) }
end

local function unit_read(c, id)
	local packed = redis.call("HGET", c.p .. ":units", id)
	return packed and unit_parse(packed)
end

local function unit_write(c, id, u)
	redis.call("HSET", c.p .. ":units", id,
		table.concat({ u.status, int(u.rev), u.deal, int(u.deadline), u.holder, int(u.index) }, "|"))
	if u.deadline > 0 then
		redis.call("ZADD", c.p .. ":due", int(u.deadline), id)
	else
		redis.call("ZREM", c.p .. ":due", id)
	end
end

-- ---------------------------------------------------------------- the project and its events

local META = { "schema", "seq", "chain", "beat_ms", "clock_hold", "lock_hold_ms", "hold_max_ms", "next_deal",
	"catalog_version", "epoch", "uuid", "name", "public_board", "warn_ms", "subscribe_hold_ms", "on_expiry_paid", "next_slip",
	"next_receipt", "next_request", "next_display", "next_launch", "access_seq", "utc_offset_min", "sheet_at_min", "frozen",
	"palette", "rehearsal", "configured", "confirmed_ms" }

-- What a project has that was made before the setting or counter existed.
local META_SINCE = { on_expiry_paid = "flag", next_slip = "1", next_receipt = "1", next_request = "1", next_display = "1", next_launch = "1",
	access_seq = "0", utc_offset_min = "480", sheet_at_min = "530", frozen = "", palette = "", rehearsal = "", configured = "0",
	confirmed_ms = "0" }

-- The context of one call, or a refusal. A missing meta means a wrong or a wiped database.
local function open(keys)
	local values = redis.call("HMGET", keys[1] .. ":meta", unpack(META))
	local m = {}
	for i, k in ipairs(META) do
		m[k] = values[i] or META_SINCE[k]
	end
	if not m.schema then
		return nil, refuse("no_such_project")
	end
	if m.schema ~= SCHEMA then
		return nil, refuse("unavailable", "why", "the data have schema " .. m.schema .. ", this library " .. SCHEMA)
	end
	return { p = keys[1], now = clock_ms(), meta = m, seq = tonumber(m.seq), chain = m.chain }
end

-- Appends one event with the next seq. Each carries a hash over its content and its predecessor's hash:
-- sha1(previous .. "\n" .. id .. "\n" .. for each field "<bytes>(name):name=<bytes>(value):value\n").
local function emit(c, kind, by, role, fields)
	c.seq = c.seq + 1
	local id = int(c.seq) .. "-0"
	local f = { "t", kind, "at", int(c.now), "by", by, "role", role }
	for _, v in ipairs(fields) do
		f[#f + 1] = v
	end
	local sealed = { c.chain, "\n", id, "\n" }
	for i = 1, #f, 2 do
		sealed[#sealed + 1] = #f[i] .. ":" .. f[i] .. "=" .. #f[i + 1] .. ":" .. f[i + 1] .. "\n"
	end
	c.chain = redis.sha1hex(table.concat(sealed))
	f[#f + 1], f[#f + 2] = "h", c.chain
	redis.call("XADD", c.p .. ":events", id, unpack(f))
	c.dirty = true
end

-- `extra`: further names and values, behind the common ones.
local function emit_unit(c, kind, by, role, id, u, why, extra)
	local f = { "u", id, "i", int(u.index), "st", LETTERS[u.status], "rev", int(u.rev) }
	if u.deadline > 0 then
		f[#f + 1], f[#f + 2] = "dl", int(u.deadline)
	end
	if u.deal ~= "" then
		f[#f + 1], f[#f + 2] = "deal", u.deal
		f[#f + 1], f[#f + 2] = "hold", u.holder
	end
	if why and why ~= "" then
		f[#f + 1], f[#f + 2] = "why", why
	end
	for _, v in ipairs(extra or {}) do
		f[#f + 1] = v
	end
	emit(c, kind, by, role, f)
end

-- The last write of every change: seq and chain go with the events just written.
local function commit(c)
	if c.dirty then
		redis.call("HSET", c.p .. ":meta", "seq", int(c.seq), "chain", c.chain)
	end
end

-- The next number of a gap-free series: "deal", "slip", "receipt", "request", "display", "launch".
local function take_number(c, series)
	local name = "next_" .. series
	local number = tonumber(c.meta[name])
	c.meta[name] = int(number + 1)
	redis.call("HSET", c.p .. ":meta", name, c.meta[name])
	return number
end

-- The one way a unit changes its state.
local function unit_move(c, id, u, verb, to, by, role, why, extra)
	assert(TRANSITIONS[u.status][verb] and TRANSITIONS[u.status][verb][to], verb)
	u.status, u.rev = to, u.rev + 1
	if to == "available" or to == "withheld" then
		-- The event names the deal that ended and whose it was; the unit no longer does.
		emit_unit(c, verb, by, role, id,
			{ status = to, rev = u.rev, deadline = 0, deal = u.deal, holder = u.holder, index = u.index }, why,
			extra)
		u.deal, u.deadline, u.holder = "", 0, ""
	else
		emit_unit(c, verb, by, role, id, u, why, extra)
	end
	unit_write(c, id, u)
end

--@PART deal.lua@

-- ---------------------------------------------------------------- the clock

-- Nothing is released by a wrong clock: not while a jump waits for confirmation, and not when no daemon has vouched
-- for the clock during the last minute.
local function clock_is_trusted(c)
	return c.meta.clock_hold == "" and math.abs(c.now - tonumber(c.meta.beat_ms)) <= CLOCK_DOUBT_MS
end

-- Whether the clock gives the unit away. Where money is confirmed it does so only when the project wants it.
local function is_lapsed(c, u)
	if u.deadline == 0 or u.deadline > c.now or not clock_is_trusted(c) then
		return false
	end
	return c.meta.on_expiry_paid == "release" or deal_read(c, u.deal).paid_fen == 0
end

local function expire(c, id, u)
	local refund = deal_end(c, deal_read(c, u.deal), "expired", "expired", "system")
	unit_move(c, id, u, "expire", "available", "system", "system", "", refund)
end

-- ---------------------------------------------------------------- writers

local function digest(name, args)
	local parts = { name }
	for i = 2, #args do
		if i ~= 3 and i ~= 4 then
			parts[#parts + 1] = #args[i] .. ":" .. args[i]
		end
	end
	return redis.sha1hex(table.concat(parts, "\n"))
end

-- Registers a writer. body(c, args) gets the arguments after the common four; it returns a reply, and writes only when
-- that reply is an `ok`. A frozen project takes nothing but what is marked `while_frozen`.
local function writer(name, right, flags, body, while_frozen)
	local function call(keys, args)
		local c, refusal = open(keys)
		if not c then
			return refusal
		end
		local actor, role, key, not_after = args[1] or "", args[2] or "", args[3] or "", args[4] or ""
		if not is_name(actor) then
			return refuse("bad_request", "field", "actor")
		elseif not is_key(key) then
			return refuse("bad_request", "field", "key")
		elseif not is_whole(not_after) then
			return refuse("bad_request", "field", "not_after")
		end
		local slot, sum = c.p .. ":i:" .. actor .. ":" .. key, digest(name, args)
		local seen = redis.call("GET", slot)
		if seen then
			local stored = cmsgpack.unpack(seen)
			return stored[1] == sum and stored[2] or refuse("key_reused")
		end
		if tonumber(not_after) > 0 and tonumber(not_after) < c.now then
			return refuse("too_late")
		end
		c.actor, c.role, c.grant = actor, role, RIGHTS[right][role] or "NO"
		if c.grant == "NO" then
			return refuse("forbidden")
		elseif c.meta.frozen ~= "" and not while_frozen then
			return refuse("frozen", "why", c.meta.frozen)
		end
		local reply = body(c, { unpack(args, 5, math.min(#args, 12)) }, args)
		if reply[1] == "ok" then
			commit(c)
			redis.call("SET", slot, cmsgpack.pack({ sum, reply }), "PX", int(RESULT_TTL_MS))
		end
		return reply
	end
	redis.register_function({ function_name = name, callback = call, flags = flags })
end

local function reader(name, body)
	local function call(keys, args)
		local c, refusal = open(keys)
		return c and body(c, args) or refusal
	end
	redis.register_function({ function_name = name, callback = call, flags = { "no-writes" } })
end

-- The checks that begin every function on one unit: it exists, and it is at the revision the caller saw, if it says one.
local function unit_at(c, id, rev)
	local u = unit_read(c, id or "")
	if not u then
		return nil, refuse("no_such_unit")
	end
	if rev and rev ~= "" and not is_whole(rev) then
		return nil, refuse("bad_request", "field", "rev")
	end
	if rev and rev ~= "" and tonumber(rev) ~= u.rev then
		return u, refuse("stale_rev", "rev", int(u.rev))
	end
	return u
end

local function unit_reply(c, id, u)
	local reply = { "ok", "unit", id, "status", u.status, "rev", int(u.rev), "seq", int(c.seq) }
	if u.deal ~= "" then
		reply[#reply + 1], reply[#reply + 2] = "deal", u.deal
		reply[#reply + 1], reply[#reply + 2] = "deadline", int(u.deadline)
	end
	return reply
end

local function not_available(u)
	return refuse("not_available", "status", u.status, "rev", int(u.rev))
end

--@PART launch.lua@

-- unit buyer [rev]; a buyer locks for oneself, in a launch session
writer("ld_lock", "unit.lock", {}, function(c, args)
	local id, buyer = args[1], args[2] or ""
	if c.role == "buyer" then
		return launch_lock(c, id, args[3])
	end
	local u, refusal = unit_at(c, id, args[3])
	if not u then
		return refusal
	end
	local lapsed = is_lapsed(c, u)
	if u.status == "locked" and not lapsed then
		local d = deal_read(c, u.deal)
		if d.locked_by == c.actor and d.buyer == buyer then
			return unit_reply(c, id, u) -- what one holds: the old deadline, nothing written
		end
	end
	if u.status == "withheld" then
		return refuse("not_open")
	elseif u.status ~= "available" and not lapsed then
		return refuse("unit_taken", "rev", int(u.rev))
	elseif refusal then
		return refusal
	end
	local b, bar = buyer_read(c, buyer), launch_bars(c, id)
	if buyer == "" then
		return refuse("bad_request", "field", "buyer")
	elseif bar then
		return bar
	elseif not b then
		return refuse("no_such_buyer")
	elseif c.grant == "OWN" and b.consultant ~= c.actor then
		return refuse("forbidden")
	end
	if lapsed then
		expire(c, id, u)
	end
	-- Who locks for another's buyer locks on behalf of that consultant, who goes on with the deal.
	local consultant = c.grant == "ANY" and b.consultant ~= "" and b.consultant or c.actor
	local d = deal_begin(c, id, buyer, consultant)
	u.deal, u.holder, u.deadline = d.id, consultant, d.deadline
	unit_move(c, id, u, "lock", "locked", c.actor, c.role, "", { "b", buyer, "price", int(d.price_fen) })
	return unit_reply(c, id, u)
end)

-- unit reason to [rev]; to: "available", "withheld", or "" for available
writer("ld_release", "unit.release", { "allow-oom" }, function(c, args)
	local id, reason, to = args[1], args[2] or "", args[3] or ""
	local u, refusal = unit_at(c, id, args[4])
	if refusal then
		return refusal
	elseif not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	elseif to ~= "" and to ~= "available" and to ~= "withheld" then
		return refuse("bad_request", "field", "to")
	end
	local held = (u.status == "locked" or u.status == "subscribed") and not is_lapsed(c, u)
	local d = held and deal_read(c, u.deal)
	-- A buyer's own is what the buyer chose; everybody else's, what one holds.
	local mine = held and (c.role == "buyer" and chose(c, d) or c.role ~= "buyer" and u.holder == c.actor)
	if u.status == "withheld" then
		if c.grant ~= "ANY" then
			return refuse("forbidden")
		elseif to == "" then
			return refuse("bad_request", "field", "to") -- it must be said where a withheld unit goes
		elseif to == "withheld" then
			return not_available(u)
		end
	elseif not held then
		return not_available(u)
	elseif c.grant == "OWN" and not mine then
		return refuse("not_holder")
	elseif c.role == "buyer" and (d.application == "submitted" or d.status ~= "locked") then
		return refuse("not_ready", "why", "application") -- the office has it; the consultant or the clerk releases
	elseif c.grant == "OWN" and to == "withheld" then
		return refuse("forbidden")
	elseif not mine and reason == "" then
		return refuse("bad_request", "field", "reason")
	elseif c.grant == "OWN" and d and d.paid_fen > 0 then
		return refuse("not_ready", "why", "paid") -- money leaves by a withdrawal that a manager approves
	end
	local refund = held and deal_end(c, d, "released", reason, c.actor)
	unit_move(c, id, u, "release", to == "" and "available" or to, c.actor, c.role, reason, refund)
	return unit_reply(c, id, u)
end)

-- unit reason [rev]
writer("ld_withhold", "unit.withhold", {}, function(c, args)
	local id, reason = args[1], args[2] or ""
	local u, refusal = unit_at(c, id, args[3])
	if refusal then
		return refusal
	elseif reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	end
	local lapsed = is_lapsed(c, u)
	if u.status ~= "available" and not lapsed then
		return not_available(u)
	end
	if lapsed then
		expire(c, id, u)
	end
	unit_move(c, id, u, "withhold", "withheld", c.actor, c.role, reason)
	return unit_reply(c, id, u)
end)

-- unit [rev]
writer("ld_offer", "unit.offer", {}, function(c, args)
	local id = args[1]
	local u, refusal = unit_at(c, id, args[2])
	if refusal then
		return refusal
	elseif u.status ~= "withheld" then
		return not_available(u)
	end
	unit_move(c, id, u, "offer", "available", c.actor, c.role)
	return unit_reply(c, id, u)
end)

--@PART batch.lua@
--@PART catalog.lua@
--@PART buyers.lua@
--@PART process.lua@
--@PART money.lua@
--@PART requests.lua@
--@PART clock.lua@
--@PART read.lua@
--@PART project.lua@
--@PART outbound.lua@
--@PART demand.lua@
--@PART accounts.lua@
--@PART displays.lua@
--@PART launch_office.lua@
--@PART launch_read.lua@
--@PART launch_room.lua@
--@PART shared.lua@
