-- Making a project and its settings.
do

local SECOND, DAY = 1000, 24 * 3600 * 1000

local function is_int(v, row)
	return #v <= 15 and v:match("^-?%d+$") ~= nil and tonumber(v) >= row.min and tonumber(v) <= row.max
end

local function is_choice(v, row)
	return (" " .. row.choices .. " "):find(" " .. v .. " ", 1, true) ~= nil and not v:find("%s") and v ~= ""
end

local function is_warn_list(v)
	if #v > 60 or v:find("[^%d,]") then
		return false
	end
	for each in v:gmatch("[^,]+") do
		if not is_whole(each) then
			return false
		end
	end
	return true
end

-- "" for the usual colours, else some of the six states, each once: "a=#34d399,l=#ffe45c".
local function is_palette(v)
	local seen = {}
	for each in (v ~= "" and v .. "," or ""):gmatch("([^,]*),") do
		local letter = each:match("^([walscp])=#%x%x%x%x%x%x$")
		if not letter or seen[letter] then
			return false
		end
		seen[letter] = true
	end
	return true
end

-- Every setting: how it is checked, and with what; the same rows are told to whoever shows a form.
local SETTINGS = {
	name = { kind = "text", max = 120, why = "1 to 120 bytes without control characters or numbers of persons", check = function(v) return v ~= "" and is_text(v) end },
	lock_hold_ms = { kind = "int", min = SECOND, max = 90 * DAY, check = is_int },
	subscribe_hold_ms = { kind = "int", min = SECOND, max = 90 * DAY, check = is_int },
	hold_max_ms = { kind = "int", min = SECOND, max = 365 * DAY, check = is_int },
	public_board = { kind = "choice", choices = "full merged", check = is_choice },
	warn_ms = { kind = "text", max = 60, why = "milliseconds before the end, separated by commas, or nothing", check = is_warn_list },
	on_expiry_paid = { kind = "choice", choices = "flag release", check = is_choice },
	utc_offset_min = { kind = "int", min = -720, max = 840, check = is_int },
	sheet_at_min = { kind = "int", min = 0, max = 1439, check = is_int },
	palette = { kind = "text", max = 59, why = "as in a=#34d399,l=#ffe45c: each of w, a, l, s, c, p at most once, or nothing", check = is_palette },
}
local SETTING_ORDER = { "name", "lock_hold_ms", "subscribe_hold_ms", "hold_max_ms", "public_board", "warn_ms", "on_expiry_paid",
	"utc_offset_min", "sheet_at_min", "palette" }

-- What a value must be, for whoever wrote another.
local function setting_why(row)
	return row.kind == "int" and "a whole number from " .. int(row.min) .. " to " .. int(row.max)
		or row.kind == "choice" and "one of " .. row.choices:gsub(" ", ", ")
		or row.why
end

-- Pairs of setting and value from args[first] on; a refusal when one is not as it should be.
local function settings_check(meta, args, first)
	local after = { lock_hold_ms = meta.lock_hold_ms, subscribe_hold_ms = meta.subscribe_hold_ms, hold_max_ms = meta.hold_max_ms }
	if (#args - first) % 2 ~= 1 then
		return refuse("bad_request", "field", "settings", "why", "pairs of name and value")
	end
	local named = {}
	for i = first, #args, 2 do
		local row = SETTINGS[args[i]]
		if not row then
			return refuse("bad_request", "field", args[i], "why", "there is no such setting")
		elseif named[args[i]] then
			-- Each once: that also bounds the event, which has a field for every setting.
			return refuse("bad_request", "field", args[i], "why", "name it once")
		elseif not row.check(args[i + 1], row) then
			return refuse("bad_request", "field", args[i], "why", setting_why(row))
		end
		after[args[i]], named[args[i]] = args[i + 1], true
	end
	for _, k in ipairs({ "lock_hold_ms", "subscribe_hold_ms" }) do
		if tonumber(after[k]) > tonumber(after.hold_max_ms) then
			return refuse("bad_request", "field", k, "why", "longer than hold_max_ms " .. after.hold_max_ms)
		end
	end
end

-- 24 h, 24 h, 7 days; warnings 2 h, 30 min and 5 min before the end.
local DEFAULTS = { lock_hold_ms = "86400000", subscribe_hold_ms = "86400000", hold_max_ms = "604800000", public_board = "full",
	warn_ms = "7200000,1800000,300000" }

-- actor role key not_after name uuid [setting value ...]. Repeating it with the same uuid is answered with ok again.
redis.register_function({ function_name = "ld_create", flags = {}, callback = function(keys, args)
	local p, actor, role, name, uuid = keys[1], args[1] or "", args[2] or "", args[5] or "", args[6] or ""
	local there = redis.call("HGET", p .. ":meta", "uuid")
	if there then
		return there == uuid and { "ok", "uuid", uuid } or refuse("exists")
	elseif not p:match("^ld:{[A-Za-z0-9_-]+}$") or #p > 64 + 5 then
		return refuse("bad_request", "field", "project")
	elseif not is_name(actor) or RIGHTS["project.configure"][role] ~= "ANY" then
		return refuse("forbidden")
	elseif not is_name(uuid) then
		return refuse("bad_request", "field", "uuid")
	elseif name == "" or not is_text(name) then
		return refuse("bad_request", "field", "name")
	end
	local refusal = settings_check(DEFAULTS, args, 7)
	if refusal then
		return refusal
	end
	local now = clock_ms()
	redis.call("HSET", p .. ":meta", "schema", SCHEMA, "uuid", uuid, "name", name, "epoch",
		redis.sha1hex(uuid .. int(now)):sub(1, 6), "seq", "0", "chain", "", "catalog_version", "0", "next_deal", "1",
		"beat_ms", int(now), "clock_hold", "", "created_ms", int(now))
	for k, v in pairs(META_SINCE) do
		redis.call("HSET", p .. ":meta", k, v)
	end
	for k, v in pairs(DEFAULTS) do
		redis.call("HSET", p .. ":meta", k, v)
	end
	for i = 7, #args, 2 do
		redis.call("HSET", p .. ":meta", args[i], args[i + 1])
	end
	local c = { p = p, now = now, seq = 0, chain = "" }
	emit(c, "create", actor, role, { "uuid", uuid })
	commit(c)
	return { "ok", "uuid", uuid }
end })

-- setting value ...: the event says of each what it was and what it is now, and names the event of the change before it.
writer("ld_configure", "project.configure", {}, function(c, _, args)
	local refusal = #args < 6 and refuse("bad_request", "field", "settings", "why", "name a setting")
		or settings_check(c.meta, args, 5)
	if refusal then
		return refusal
	end
	local fields = {}
	for i = 5, #args, 2 do
		redis.call("HSET", c.p .. ":meta", args[i], args[i + 1])
		for _, text in ipairs({ "set", args[i], "was", c.meta[args[i]] or "", "val", args[i + 1] }) do
			fields[#fields + 1] = text
		end
	end
	fields[#fields + 1], fields[#fields + 2] = "before", c.meta.configured
	emit(c, "configure", c.actor, c.role, fields)
	redis.call("HSET", c.p .. ":meta", "configured", int(c.seq))
	return { "ok", "seq", int(c.seq) }
end)

-- The pairs end with `items N`; for each setting six follow: name, value, kind, min, max, choices; "" where it has none.
reader("ld_settings", function(c)
	local reply = { "ok", "items", "0" }
	for _, name in ipairs(SETTING_ORDER) do
		local row = SETTINGS[name]
		for _, text in ipairs({ name, c.meta[name] or "", row.kind, row.min and int(row.min) or "", row.max and int(row.max) or "",
			row.choices or "" }) do
			reply[#reply + 1] = text
		end
	end
	reply[3] = int(#reply - 3)
	return reply
end)

-- actor why: the self-check found that the data contradict each other. Nothing is written any more until an operator has
-- looked and decided.
redis.register_function({ function_name = "ld_freeze", flags = { "allow-oom" }, callback = function(keys, args)
	local c, refusal = open(keys)
	local why = args[2] or ""
	if not c then
		return refusal
	elseif not is_name(args[1] or "") then
		return refuse("bad_request", "field", "actor")
	elseif why == "" or not is_text(why) then
		return refuse("bad_request", "field", "why")
	elseif c.meta.frozen ~= "" then
		return refuse("frozen", "why", c.meta.frozen)
	end
	redis.call("HSET", c.p .. ":meta", "frozen", why)
	emit(c, "freeze", args[1], "system", { "why", why })
	commit(c)
	return { "ok", "seq", int(c.seq) }
end })

-- reason
writer("ld_thaw", "project.thaw", {}, function(c, args)
	local reason = args[1] or ""
	if reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	elseif c.meta.frozen == "" then
		return refuse("not_available", "why", "the project is not frozen")
	end
	redis.call("HSET", c.p .. ":meta", "frozen", "")
	emit(c, "thaw", c.actor, c.role, { "why", reason })
	return { "ok", "seq", int(c.seq) }
end, true)

-- of uuid: this project, new and without a deal, is a shadow of that one for a rehearsal (公测). Every screen says so, and no
-- report or message is made of it. It cannot be undone.
writer("ld_rehearse", "project.configure", {}, function(c, args)
	local of = args[1] or ""
	if not is_key(of) or c.p:sub(1, #of + 6) ~= "ld:{" .. of .. "--" then
		return refuse("bad_request", "field", "of", "why", "a rehearsal of P is called P-- and a name")
	elseif c.meta.next_deal ~= "1" or c.meta.rehearsal ~= "" then
		return refuse("not_available", "why", "only a new project becomes a rehearsal")
	end
	redis.call("HSET", c.p .. ":meta", "rehearsal", of)
	emit(c, "rehearsal", c.actor, c.role, { "of", of })
	return { "ok", "rehearsal", of, "seq", int(c.seq) }
end)

end
