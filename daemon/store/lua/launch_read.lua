-- What is shown of launch sessions: to everybody, to those who run them, and to the control room.
do

-- The record as all may know it, with what follows from the clock; the seed only when the session is over.
local SHOWN = { "id", "name", "mode", "phase", "opens_ms", "closes_ms", "opens_at", "closes_at", "hold_ms", "limit", "window_size",
	"window_ms", "groups", "active_max", "commit", "seed", "rules_sha", "paused_ms", "shift_ms", "closed_ms", "why",
	"message", "message_ms", "drawn_ms", "admitted", "entered", "units" }

local function launch_shown(c, l, units)
	l.phase = launch_phase(c, l)
	l.opens_at, l.closes_at = launch_at(l, 0), launch_at(l, l.closes_ms - l.opens_ms)
	l.seed = l.phase == "closed" and redis.call("GET", launch_key(c, l.id, "secret")) or nil
	l.admitted = redis.call("ZCARD", launch_key(c, l.id, "order"))
	l.entered = redis.call("HLEN", launch_key(c, l.id, "entered"))
	l.units = units[l.id] or 0
	return json_object(SHOWN, l)
end

-- The sessions, the newest first. The pairs end with `items N`; then for each two: the record, and the text of its rules.
reader("ld_launches", function(c)
	local units, reply = {}, { "ok", "now", int(c.now), "seq", c.meta.seq, "items", "0" }
	for _, id in ipairs(redis.call("HVALS", c.p .. ":launch:units")) do
		units[id] = (units[id] or 0) + 1
	end
	for n = tonumber(c.meta.next_launch) - 1, 1, -1 do
		local l = launch_read(c, "s" .. int(n))
		if l then
			reply[#reply + 1], reply[#reply + 2] = launch_shown(c, l, units), redis.call("GET", launch_key(c, l.id, "rules")) or ""
		end
	end
	reply[7] = int((#reply - 7) / 2)
	return reply
end)

-- The units of a session, in index order: id and u.
local function offered(c, launch)
	local flat, found = redis.call("HGETALL", c.p .. ":launch:units"), {}
	for i = 1, #flat, 2 do
		if flat[i + 1] == launch then
			found[#found + 1] = { id = flat[i], u = unit_read(c, flat[i]) }
		end
	end
	table.sort(found, function(a, b) return a.u.index < b.u.index end)
	return found
end

-- launch: the units that the session offers or offered, in index order. The pairs end with `units N`; then N ids follow.
reader("ld_launch_offer", function(c, args)
	local reply = { "ok", "units", "0" }
	for _, each in ipairs(offered(c, args[1] or "")) do
		reply[#reply + 1] = each.id
	end
	reply[3] = int(#reply - 3)
	return reply
end)

-- What which session offers. The pairs end with `items N`; then for each unit two: unit, session.
reader("ld_launch_offers", function(c)
	local flat = redis.call("HGETALL", c.p .. ":launch:units")
	local reply = { "ok", "items", int(#flat / 2) }
	for _, item in ipairs(flat) do
		reply[#reply + 1] = item
	end
	return reply
end)

-- launch from limit: who is admitted, by rank; a page at a time. The pairs end with `items N`; then for each buyer five:
-- buyer, draw number, group, "ms|sha1" of the check-in or "", deals.
reader("ld_launch_admitted", function(c, args)
	local id, from, limit = args[1] or "", args[2] or "", args[3] or ""
	if not launch_read(c, id) then
		return refuse("no_such_launch")
	elseif not is_whole(from) or not is_whole(limit) or tonumber(limit) == 0 then
		return refuse("bad_request", "field", "limit")
	end
	limit = math.min(tonumber(limit), 1000)
	local flat = redis.call("ZRANGE", launch_key(c, id, "order"), from, int(tonumber(from) + limit - 1), "WITHSCORES")
	local reply = { "ok", "total", int(redis.call("ZCARD", launch_key(c, id, "order"))), "items", int(#flat / 2) }
	for i = 1, #flat, 2 do
		reply[#reply + 1], reply[#reply + 2] = flat[i], int(tonumber(flat[i + 1]))
		for _, part in ipairs({ "groups", "entered", "chosen" }) do
			reply[#reply + 1] = redis.call("HGET", launch_key(c, id, part), flat[i]) or ""
		end
	end
	return reply
end)

-- launch: how it goes. tally is a JSON object of the counters that the daemons brought. The pairs end with `items N`; then
-- for each unfinished selection six: unit, deal, buyer, chosen at, deadline, index.
reader("ld_launch_control", function(c, args)
	local l = launch_known(c, args[1] or "")
	if not l then
		return refuse("no_such_launch")
	end
	local parts, states, open = {}, {}, {}
	for _, each in ipairs(offered(c, l.id)) do
		local id, u = each.id, each.u
		states[u.status] = (states[u.status] or 0) + 1
		local d = u.status == "locked" and deal_read(c, u.deal)
		if d and d.launch == l.id and d.application ~= "submitted" then
			for _, item in ipairs({ id, d.id, d.buyer, int(d.created_ms), int(u.deadline), int(u.index) }) do
				open[#open + 1] = item
			end
		end
	end
	local flat = redis.call("HGETALL", launch_key(c, l.id, "tally"))
	for i = 1, #flat, 2 do
		parts[#parts + 1] = cjson.encode(flat[i]) .. ":" .. flat[i + 1]
	end
	local reply = { "ok", "now", int(c.now), "launch", l.id, "phase", launch_phase(c, l), "elapsed_ms", int(math.max(0, launch_elapsed(c, l))),
		"closes_at", int(launch_at(l, l.closes_ms - l.opens_ms)), "admitted", int(redis.call("ZCARD", launch_key(c, l.id, "order"))),
		"entered", int(redis.call("HLEN", launch_key(c, l.id, "entered"))), "online", int(redis.call("ZCARD", launch_key(c, l.id, "seen"))),
		"active", int(redis.call("ZCARD", launch_key(c, l.id, "active"))), "waiting", int(redis.call("ZCARD", launch_key(c, l.id, "room"))),
		"available", int(states.available or 0), "locked", int(states.locked or 0), "subscribed", int(states.subscribed or 0),
		"withheld", int(states.withheld or 0), "tally", "{" .. table.concat(parts, ",") .. "}", "items", int(#open / 6) }
	for _, item in ipairs(open) do
		reply[#reply + 1] = item
	end
	return reply
end)

end
