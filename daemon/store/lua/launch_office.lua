-- Launch sessions as the office runs them: planning, admission, draw, and the hand on the switch.
do

local LAUNCHES_MAX = 200
local ADMITTED_MAX = 100000
local ADMIT_AT_ONCE = 1000 -- Redis does nothing else meanwhile
local RULES_MAX_BYTES = 6000
local GROUPS_MAX_BYTES = 300

local function is_rules(v)
	return #v <= RULES_MAX_BYTES and not v:gsub("\n", ""):find("%c") and not has_number(v)
end

-- "A=600000,B=300000": each group once, each at least a second.
local function is_groups(v)
	local seen = {}
	for each in (v ~= "" and v .. "," or ""):gmatch("([^,]*),") do
		local name, ms = each:match("^([^=]+)=(%d+)$")
		if not name or not is_name(name) or seen[name] or #ms > 9 or tonumber(ms) < 1000 then
			return false
		end
		seen[name] = true
	end
	return #v <= GROUPS_MAX_BYTES
end

-- What a plan may say: how each is checked. Times are ms of Redis' clock.
local PLAN = {
	name = { check = function(v) return v ~= "" and is_text(v) end, text = true },
	mode = { check = function(v) return v == "all" or v == "order" or v == "groups" end, text = true },
	opens_ms = { min = 1, max = 9e14 },
	closes_ms = { min = 1, max = 9e14 },
	hold_ms = { min = 1000, max = 24 * 3600 * 1000 },
	limit = { min = 1, max = 20 },
	window_size = { min = 1, max = ADMITTED_MAX },
	window_ms = { min = 1000, max = 24 * 3600 * 1000 },
	groups = { check = is_groups, text = true },
	active_max = { min = 0, max = ADMITTED_MAX },
	rules = { check = is_rules, text = true },
}
local PLAN_START = { mode = "all", hold_ms = 600000, limit = 1, window_size = 20, window_ms = 300000, groups = "", active_max = 0,
	rules = "", paused_ms = 0, shift_ms = 0, closed_ms = 0, message = "", message_ms = 0, drawn_ms = 0, standby_ms = 0,
	why = "" }

local function plan_value_is_fine(row, v)
	if row.text then
		return row.check(v)
	end
	return is_whole(v) and tonumber(v) >= row.min and tonumber(v) <= row.max
end

-- Pairs of name and value from args[first] on, put into l; a refusal when one is not as it should be.
local function plan_take(l, args, first)
	if (#args - first) % 2 ~= 1 then
		return refuse("bad_request", "field", "plan", "why", "pairs of name and value")
	end
	local named = {}
	for i = first, #args, 2 do
		local row = PLAN[args[i]]
		if not row then
			return refuse("bad_request", "field", is_name(args[i]) and args[i] or "plan", "why", "a plan has no such field")
		elseif named[args[i]] then
			return refuse("bad_request", "field", args[i], "why", "name it once") -- that also bounds the event
		elseif not plan_value_is_fine(row, args[i + 1]) then
			return refuse("bad_request", "field", args[i])
		end
		l[args[i]], named[args[i]] = row.text and args[i + 1] or tonumber(args[i + 1]), true
	end
end

local function rounds_ms(groups)
	local sum = 0
	for ms in groups:gmatch("=(%d+)") do
		sum = sum + tonumber(ms)
	end
	return sum
end

-- What has to hold between the fields of a plan.
local function plan_problem(c, l)
	if not l.name then
		return refuse("bad_request", "field", "name")
	elseif not l.opens_ms or l.opens_ms <= c.now then
		return refuse("bad_request", "field", "opens_ms", "why", "it has to open later than now")
	elseif not l.closes_ms or l.closes_ms <= l.opens_ms then
		return refuse("bad_request", "field", "closes_ms", "why", "it has to close after it opens")
	elseif l.mode == "groups" and l.groups == "" then
		return refuse("bad_request", "field", "groups", "why", "rounds need groups, as in A=600000,B=600000")
	elseif l.mode == "groups" and rounds_ms(l.groups) > l.closes_ms - l.opens_ms then
		-- The last group would have less time than it was promised.
		return refuse("bad_request", "field", "groups", "why", "the rounds last longer than the session")
	elseif l.mode ~= "all" and l.active_max > 0 then
		-- Its places are drawn: they would go to buyers whose turn it is not, and those whose turn it is would wait.
		return refuse("bad_request", "field", "active_max", "why", "a waiting room is for sessions in which all choose at once")
	end
end

local function launch_find(c, id, phases)
	local l = launch_read(c, id or "")
	if not l then
		return nil, refuse("no_such_launch")
	elseif phases and not phases[launch_phase(c, l)] then
		return nil, refuse("not_available", "status", launch_phase(c, l))
	end
	return l
end

local function emit_launch(c, kind, l, fields)
	local f = { "launch", l.id }
	for _, v in ipairs(fields or {}) do
		f[#f + 1] = v
	end
	emit(c, kind, c.actor, c.role, f)
end

local function launch_reply(c, l, ...)
	local reply = { "ok", "launch", l.id, "phase", launch_phase(c, l), "seq", int(c.seq) }
	for _, v in ipairs({ ... }) do
		reply[#reply + 1] = v
	end
	return reply
end

local function is_hex64(text)
	return #text == 64 and not text:find("[^0-9a-f]")
end

-- The seed of a session that is over is known to all: no other session may be drawn by it. Seeds follow from the key of the
-- request, and a key is forgotten after a while.
local function is_committed(c, commitment)
	for _, text in ipairs(redis.call("HVALS", c.p .. ":launches")) do
		if text:find('"commit":"' .. commitment .. '"', 1, true) then
			return true
		end
	end
	return false
end

-- What only a running session needs. Of one that is over the result stays: who was admitted and drawn, who came and chose what.
-- Once: a code that is given afterwards stays.
local function launch_sweep(c, l)
	if l.swept_ms == 0 then
		for _, part in ipairs({ "codes", "seen", "told", "room", "active", "arrivals" }) do
			redis.call("UNLINK", launch_key(c, l.id, part))
		end
		l.swept_ms = c.now
		launch_write(c, l)
	end
end

-- No step happens when the time of a session is up: the next plan clears what it left.
local function launches_sweep(c)
	for n = tonumber(c.meta.next_launch) - 1, 1, -1 do
		local l = launch_read(c, "s" .. int(n))
		if l and launch_phase(c, l) == "closed" then
			launch_sweep(c, l)
		end
	end
end

-- Other rules have to be accepted anew: whoever had checked in does so again.
local function rules_write(c, l)
	local sha = redis.sha1hex(l.rules)
	if l.rules_sha and l.rules_sha ~= sha then
		for _, part in ipairs({ "entered", "seen", "room" }) do
			redis.call("UNLINK", launch_key(c, l.id, part))
		end
	end
	redis.call("SET", launch_key(c, l.id, "rules"), l.rules)
	l.rules_sha = sha
end

-- launch seed commit name value …: plans a session, or with its id changes one that has not opened. A new one needs seed (32
-- random bytes in hex, kept secret until the end) and commit (their SHA-256, shown from now on).
writer("ld_launch_put", "launch.run", {}, function(c, args, all)
	local id, seed, commitment = args[1] or "", args[2] or "", args[3] or ""
	local l, refusal, fields = {}, nil, {}
	if id ~= "" then
		l, refusal = launch_find(c, id, { planned = true })
		if refusal then
			return refusal
		end
		l.rules = redis.call("GET", launch_key(c, id, "rules")) or ""
	else
		for k, v in pairs(PLAN_START) do
			l[k] = v
		end
		if not is_hex64(seed) or not is_hex64(commitment) then
			return refuse("bad_request", "field", "seed")
		elseif is_committed(c, commitment) then
			return refuse("key_reused", "why", "another session was drawn by this seed; ask with a new key")
		elseif redis.call("HLEN", c.p .. ":launches") >= LAUNCHES_MAX then
			return refuse("limit_reached", "why", "at most " .. LAUNCHES_MAX .. " sessions")
		end
		l.commit, l.created_ms = commitment, c.now
	end
	refusal = plan_take(l, all, 8) or plan_problem(c, l)
	if refusal then
		return refusal
	end
	if id == "" then
		launches_sweep(c)
		l.id = "s" .. int(take_number(c, "launch"))
		redis.call("SET", launch_key(c, l.id, "secret"), seed)
	end
	rules_write(c, l)
	launch_write(c, l)
	for i = 8, #all, 2 do
		fields[#fields + 1], fields[#fields + 2] = "set", all[i]
	end
	-- All that decides who may choose when: the trail alone proves a session.
	for _, k in ipairs({ "commit", "rules_sha", "mode", "groups" }) do
		fields[#fields + 1], fields[#fields + 2] = k, l[k]
	end
	for _, k in ipairs({ "opens_ms", "closes_ms", "limit", "hold_ms", "window_size", "window_ms", "active_max" }) do
		fields[#fields + 1], fields[#fields + 2] = k, int(l[k])
	end
	emit_launch(c, "launch_plan", l, fields)
	return launch_reply(c, l, "commit", l.commit)
end)

-- launch on units reason: puts units into the session ("yes") or takes them out ("no"; before it opens only). A unit is offered
-- by one session at a time. 加推 is putting more of them in while it runs.
writer("ld_launch_units", "launch.run", {}, function(c, args)
	local on, reason = args[2] or "", args[4] or ""
	local l, refusal = launch_find(c, args[1], on == "yes" and { planned = true, open = true, paused = true } or { planned = true })
	local ids
	if not refusal and on ~= "yes" and on ~= "no" then
		refusal = refuse("bad_request", "field", "on")
	elseif not refusal and not is_text(reason) then
		refusal = refuse("bad_request", "field", "reason")
	elseif not refusal then
		ids, refusal = units_named(c, args[3] or "")
	end
	if refusal then
		return refusal
	end
	for _, id in ipairs(ids) do
		local holder = launch_of(c, id)
		if not unit_read(c, id) then
			return refuse("no_such_unit", "unit", id)
		elseif on == "yes" and holder and holder.id ~= l.id then
			return refuse("not_available", "unit", id, "why", "another session offers it", "launch", holder.id)
		elseif on == "no" and (not holder or holder.id ~= l.id) then
			return refuse("not_available", "unit", id, "why", "it is not in this session")
		end
	end
	for _, id in ipairs(ids) do
		if on == "yes" then
			redis.call("HSET", c.p .. ":launch:units", id, l.id)
		else
			redis.call("HDEL", c.p .. ":launch:units", id)
		end
	end
	emit_launch(c, "launch_units", l, { "offered", on, "units", table.concat(ids, " "), "count", int(#ids), "why", reason })
	return launch_reply(c, l, "count", int(#ids))
end)

-- Whether a draw number leaves all others where they are: one's own again, or, for somebody new, a later one than all.
local function draw_fits(order, last, buyer, draw)
	local own = redis.call("ZSCORE", order, buyer)
	return own and tonumber(own) == tonumber(draw) or not own and tonumber(draw) > last
end

-- One row of an admission: a refusal, or nil. fixed: the last number of an order that stands already, or nil.
local function admit_problem(c, l, fixed, at, buyer, group, draw, code)
	if not buyer_read(c, buyer) then
		return refuse("no_such_buyer", "at", at)
	elseif group ~= "" and not is_name(group) or group:find("[=,]") then
		return refuse("bad_request", "field", "group", "at", at)
	elseif draw ~= "" and (not is_whole(draw) or #draw > 9 or draw:match("^0*$")) then
		return refuse("bad_request", "field", "draw", "at", at)
	elseif draw ~= "" and fixed and not draw_fits(launch_key(c, l.id, "order"), fixed, buyer, draw) then
		return refuse("not_available", "why", "the order stands; who comes now comes last", "at", at)
	elseif code ~= "" and (#code ~= 32 or code:find("[^0-9a-f]")) then
		return refuse("bad_request", "field", "code", "at", at)
	end
end

-- Once the stand-by runs, somebody who is admitted gets no window that would stop it for all others.
local function keep_standby(c, l)
	local standby = l.mode == "order" and l.standby_ms == 0 and launch_standby(c, l) or 0
	if standby > 0 and launch_elapsed(c, l) >= standby then
		l.standby_ms = standby
		launch_write(c, l)
	end
end

-- launch, then for each buyer four: buyer group draw code. draw: the number of the draw, "" for the order of the list; code: the
-- keyed hash of the one-time code (32 hex digits), "" for none. Who is admitted already gets group, draw and code anew; the
-- place only until the order is drawn or the session opens: a window that somebody has is not shifted. The event's `list` has
-- `buyer|draw|group` of each, so that the order of all who are admitted follows from the trail.
writer("ld_launch_admit", "launch.run", {}, function(c, args, all)
	local l, refusal = launch_find(c, args[1], { planned = true, open = true, paused = true })
	if refusal then
		return refusal
	elseif #all < 9 or (#all - 5) % 4 ~= 0 then
		return refuse("bad_request", "field", "buyers", "why", "fours of buyer, group, draw and code")
	elseif #all - 5 > 4 * ADMIT_AT_ONCE then
		return refuse("bad_request", "field", "buyers", "why", "at most " .. ADMIT_AT_ONCE .. " at once")
	end
	local order, new, seen = launch_key(c, l.id, "order"), 0, {}
	local last = tonumber(redis.call("ZRANGE", order, "-1", "-1", "WITHSCORES")[2] or "0")
	local fixed = (l.drawn_ms > 0 or launch_has_opened(c, l)) and last or nil
	for i = 6, #all, 4 do
		refusal = admit_problem(c, l, fixed, int((i - 2) / 4), unpack(all, i, i + 3))
		if refusal then
			return refusal
		end
		new = new + ((seen[all[i]] or redis.call("ZSCORE", order, all[i])) and 0 or 1)
		seen[all[i]] = true
	end
	if new > 0 and redis.call("ZCARD", order) + new > ADMITTED_MAX then
		return refuse("limit_reached", "why", "at most " .. ADMITTED_MAX .. " buyers")
	end
	if new > 0 then
		keep_standby(c, l)
	end
	local list = {}
	for i = 6, #all, 4 do
		local buyer, group, draw, code = all[i], all[i + 1], all[i + 2], all[i + 3]
		if draw ~= "" then
			last = math.max(last, tonumber(draw))
			redis.call("ZADD", order, draw, buyer)
		elseif not redis.call("ZSCORE", order, buyer) then
			last = last + 1
			redis.call("ZADD", order, int(last), buyer)
		end
		if group ~= "" then
			redis.call("HSET", launch_key(c, l.id, "groups"), buyer, group)
		end
		if code ~= "" then
			redis.call("HSET", launch_key(c, l.id, "codes"), buyer, code)
		end
		list[#list + 1] = buyer .. "|" .. int(tonumber(redis.call("ZSCORE", order, buyer))) .. "|" .. (redis.call("HGET", launch_key(c, l.id, "groups"), buyer) or "")
	end
	emit_launch(c, "launch_admit", l, { "count", int((#all - 5) / 4), "added", int(new), "list", table.concat(list, " ") })
	return launch_reply(c, l, "count", int((#all - 5) / 4), "added", int(new))
end)

-- launch reason: draws the order of all who are admitted, by the committed seed: sorted by sha1(seed "|order|" buyer).
writer("ld_launch_draw", "launch.run", {}, function(c, args)
	local l, refusal = launch_find(c, args[1], { planned = true })
	local reason = args[2] or ""
	if refusal then
		return refusal
	elseif reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	elseif l.drawn_ms > 0 then
		return refuse("not_available", "why", "the order was drawn already")
	end
	local order, seed = launch_key(c, l.id, "order"), redis.call("GET", launch_key(c, l.id, "secret"))
	local tickets = {}
	for i, buyer in ipairs(redis.call("ZRANGE", order, "0", "-1")) do
		tickets[i] = { buyer = buyer, hash = redis.sha1hex(seed .. "|order|" .. buyer) }
	end
	table.sort(tickets, function(a, b) return a.hash < b.hash end)
	for place, ticket in ipairs(tickets) do
		redis.call("ZADD", order, int(place), ticket.buyer)
	end
	l.drawn_ms = c.now
	launch_write(c, l)
	emit_launch(c, "launch_draw", l, { "count", int(#tickets), "why", reason })
	return launch_reply(c, l, "count", int(#tickets))
end)

-- Registers one hand on the switch: launch [value] reason. act(c, l, value, reason) changes the record or refuses.
local function switch(name, kind, phases, act, has_value)
	writer(name, "launch.run", { "allow-oom" }, function(c, args)
		local l, refusal = launch_find(c, args[1], phases)
		local reason = args[has_value and 3 or 2] or ""
		if not refusal and (reason == "" or not is_text(reason)) then
			refusal = refuse("bad_request", "field", "reason")
		end
		refusal = refusal or act(c, l, has_value and args[2] or nil, reason)
		if refusal then
			return refusal
		end
		launch_write(c, l)
		emit_launch(c, kind, l, { "closes_ms", int(launch_at(l, l.closes_ms - l.opens_ms)), "why", reason })
		return launch_reply(c, l, "closes_at", int(launch_at(l, l.closes_ms - l.opens_ms)))
	end)
end

-- Why it stands or is over can be read on all screens.
switch("ld_launch_pause", "launch_pause", { planned = true, open = true }, function(c, l, _, reason)
	l.paused_ms, l.why = c.now, reason
end)

switch("ld_launch_resume", "launch_resume", { paused = true }, function(c, l)
	l.shift_ms = l.shift_ms + math.max(0, c.now - math.max(l.paused_ms, l.opens_ms + l.shift_ms))
	l.paused_ms, l.why = 0, ""
end)

-- value: how many ms longer it stays open
switch("ld_launch_extend", "launch_extend", { planned = true, open = true, paused = true }, function(_, l, value)
	if not is_whole(value or "") or tonumber(value) < 1000 or tonumber(value) > 7 * 24 * 3600 * 1000 then
		return refuse("bad_request", "field", "by_ms")
	end
	l.closes_ms = l.closes_ms + tonumber(value)
end, true)

-- It offers its units no longer: what was not chosen is the office's again.
switch("ld_launch_close", "launch_close", { planned = true, open = true, paused = true }, function(c, l, _, reason)
	l.closed_ms, l.why = c.now, reason
	launch_sweep(c, l)
end)

-- launch text: to be read on all screens of the session; "" takes it away
writer("ld_launch_say", "launch.run", {}, function(c, args)
	local l, refusal = launch_find(c, args[1])
	local text = args[2] or ""
	if refusal then
		return refusal
	elseif not is_text(text) then
		return refuse("bad_request", "field", "text")
	end
	l.message, l.message_ms = text, c.now
	launch_write(c, l)
	emit_launch(c, "launch_say", l, { "why", text })
	return launch_reply(c, l)
end)

-- launch buyer code: another one-time code for a buyer who used or lost the first; when the session is over, for those who have
-- a unit by it
writer("ld_launch_code", "launch.run", {}, function(c, args)
	local l, refusal = launch_find(c, args[1])
	local buyer, code = args[2] or "", args[3] or ""
	local over = l and launch_phase(c, l) == "closed"
	if refusal then
		return refusal
	elseif not redis.call("ZSCORE", launch_key(c, l.id, "order"), buyer) then
		return refuse("no_such_buyer")
	elseif over and launch_count(c, l, buyer) == 0 then
		return refuse("not_available", "status", "closed")
	elseif #code ~= 32 or code:find("[^0-9a-f]") then
		return refuse("bad_request", "field", "code")
	end
	if over then
		launch_sweep(c, l)
	end
	redis.call("HSET", launch_key(c, l.id, "codes"), buyer, code)
	emit_launch(c, "launch_code", l, { "b", buyer })
	return launch_reply(c, l, "buyer", buyer)
end)

-- launch buyer: the office checks somebody in (签到) who came in person
writer("ld_launch_checkin", "launch.run", {}, function(c, args)
	local l, refusal = launch_find(c, args[1], { planned = true, open = true, paused = true })
	local buyer = args[2] or ""
	if refusal then
		return refusal
	elseif not redis.call("ZSCORE", launch_key(c, l.id, "order"), buyer) then
		return refuse("no_such_buyer")
	end
	if not redis.call("HGET", launch_key(c, l.id, "entered"), buyer) then
		redis.call("HSET", launch_key(c, l.id, "entered"), buyer, int(c.now) .. "|" .. l.rules_sha)
		emit_launch(c, "checkin", l, { "b", buyer, "rules_sha", l.rules_sha })
	end
	return launch_reply(c, l, "buyer", buyer)
end)

end
