-- What daemons ask by the clock: heartbeats, and the release of what is due.

-- daemon_id wall_ms previous_redis_ms elapsed_ms: a daemon vouches for the clock of Redis, or doubts it. Doubt holds all
-- releases until ld_clock_confirm. The beat goes to a short stream of its own, not into the audit trail.
redis.register_function({ function_name = "ld_beat", flags = { "allow-oom" }, callback = function(keys, args)
	local c, refusal = open(keys)
	if not c then
		return refusal
	end
	for i = 2, 4 do
		if not is_whole(args[i] or "") then
			return refuse("bad_request", "field", "beat")
		end
	end
	if not is_name(args[1] or "") then
		return refuse("bad_request", "field", "daemon")
	end
	local wall, previous, elapsed = tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
	-- Each daemon notices a jump at its own next beat: the one that an operator has confirmed since this daemon's last beat
	-- is doubted no more.
	local since_confirmed = c.now - tonumber(c.meta.confirmed_ms)
	local is_confirmed = since_confirmed >= 0 and since_confirmed <= elapsed
	local jumped = previous > 0 and not is_confirmed and math.abs(c.now - previous - elapsed) > CLOCK_DOUBT_MS
	local backwards = c.now < tonumber(c.meta.beat_ms) - CLOCK_DOUBT_MS
	local disagrees = math.abs(wall - c.now) > CLOCK_DOUBT_MS
	local hold = c.meta.clock_hold
	if hold == "" and (jumped or backwards or disagrees) then
		hold = int(c.now)
		redis.call("HSET", c.p .. ":meta", "clock_hold", hold)
		emit(c, "clock_hold", "system", "system",
			{ "why", jumped and "jumped" or backwards and "backwards" or "disagrees with a daemon" })
		commit(c)
	elseif hold == "" then
		redis.call("HSET", c.p .. ":meta", "beat_ms", int(c.now))
	end
	redis.call("XADD", c.p .. ":beats", "MAXLEN", "~", "64", "*", "d", args[1], "seq", int(c.seq), "epoch", c.meta.epoch, "now",
		int(c.now))
	return { "ok", "now", int(c.now), "seq", int(c.seq), "epoch", c.meta.epoch, "clock_hold", hold }
end })

-- reason
writer("ld_clock_confirm", "clock.confirm", { "allow-oom" }, function(c, args)
	local reason = args[1] or ""
	if reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	elseif c.meta.clock_hold == "" then
		return refuse("not_available", "why", "the clock is not in doubt")
	end
	redis.call("HSET", c.p .. ":meta", "clock_hold", "", "beat_ms", int(c.now), "confirmed_ms", int(c.now))
	emit(c, "clock_confirm", c.actor, c.role, { "why", reason })
	return { "ok", "seq", int(c.seq), "now", int(c.now) }
end)

-- What is due is released; where money was confirmed and the project wants it so, the clock stops and clerk and manager
-- see to it.
local function fall_due(c, id, u)
	if is_lapsed(c, u) then
		expire(c, id, u)
		return 1
	end
	local d = deal_read(c, u.deal)
	d.overdue_ms, d.deadline, u.deadline = c.now, 0, 0
	unit_move(c, id, u, "overdue", u.status, "system", "system")
	deal_write(c, d)
	return 0
end

-- limit: sees to what is due, at most so many; any number of daemons may ask at any time.
redis.register_function({ function_name = "ld_sweep", flags = { "allow-oom" }, callback = function(keys, args)
	local c, refusal = open(keys)
	if not c then
		return refusal
	elseif not is_whole(args[1] or "") then
		return refuse("bad_request", "field", "limit")
	end
	local due, released, held = {}, 0, not clock_is_trusted(c) or c.meta.frozen ~= ""
	if not held then
		due = redis.call("ZRANGEBYSCORE", c.p .. ":due", "-inf", int(c.now), "LIMIT", "0", args[1])
		for _, id in ipairs(due) do
			released = released + fall_due(c, id, unit_read(c, id))
		end
		commit(c)
	end
	local first = redis.call("ZRANGE", c.p .. ":due", "0", "0", "WITHSCORES")
	return { "ok", "now", int(c.now), "released", int(released), "overdue", int(#due - released), "next_deadline", first[2] and int(tonumber(first[2])) or "0",
		"held", held and "1" or "0" }
end })
