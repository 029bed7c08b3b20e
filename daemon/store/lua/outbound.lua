-- What is told to other systems: who tells, how far each target has come, and what could not be delivered.
--
-- `:hook:<target>` is a hash: kind; seq, up to which everything is acknowledged; tries of what comes next; single, up to
-- which events go one by one. A robot's uses besides urgent, up to which urgent events were told, and at, when the last
-- digest was sent. `:hooks` names the targets, `:again:<target>` holds the dead letters that go out once
-- more, by seq. None of it is in the audit trail: nothing here changes a unit or a deal.

local DROPPED_MAX = 10000
local LEASE_MAX_MS = 600000

local function hook_key(c, target)
	return c.p .. ":hook:" .. target
end

local function hook_read(c, target)
	local v = redis.call("HMGET", hook_key(c, target), "seq", "tries", "single", "urgent", "at")
	return v[1] and { seq = tonumber(v[1]), tries = tonumber(v[2]), single = tonumber(v[3]), urgent = tonumber(v[4]),
		at = tonumber(v[5]) }
end

local function hook_write(c, target, h)
	redis.call("HSET", hook_key(c, target), "seq", int(h.seq), "tries", int(h.tries), "single", int(h.single), "urgent",
		int(h.urgent), "at", int(h.at))
end

-- A function of the daemons: `checks` say what each argument must be, and then body(c, args) answers. It runs without
-- memory too, unless other flags are given.
local function messenger(name, checks, body, flags)
	redis.register_function({ function_name = name, flags = flags or { "allow-oom" }, callback = function(keys, args)
		local c, refusal = open(keys)
		if not c then
			return refusal
		end
		for i, check in ipairs(checks) do
			if not check(args[i] or "") then
				return refuse("bad_request", "field", int(i))
			end
		end
		return body(c, args)
	end })
end

local function is_flag(text)
	return text == "0" or text == "1"
end

-- name owner ttl_ms: whether the owner has the lease now. It has it for ttl_ms from now on, or until it asks again.
messenger("ld_lease", { is_key, is_key, is_whole }, function(c, args)
	local key, ttl = c.p .. ":lease:" .. args[1], tonumber(args[3])
	if ttl < 1 or ttl > LEASE_MAX_MS then
		return refuse("bad_request", "field", "ttl")
	end
	local holder = redis.call("GET", key)
	local mine = not holder or holder == args[2]
	if mine then
		redis.call("SET", key, args[2], "PX", int(ttl))
	end
	return { "ok", "mine", mine and "1" or "0", "now", int(c.now), "seq", int(c.seq), "sheet_at_min", c.meta.sheet_at_min or "530",
		"utc_offset_min", c.meta.utc_offset_min or "480" }
end)

-- name value: whether this value is set under the name for the first time; the one before it is forgotten.
messenger("ld_mark", { is_key, is_key }, function(c, args)
	local first = redis.call("HGET", c.p .. ":marks", args[1]) ~= args[2]
	if first then
		redis.call("HSET", c.p .. ":marks", args[1], args[2])
	end
	return { "ok", "first", first and "1" or "0" }
end)

-- target kind from_start: where the target stands. One that is new begins with what happens from now on, or with the
-- first event. A cursor behind the end of the trail tells of a Redis that was put back: it goes back too.
messenger("ld_hook_next", { is_key, is_key, is_flag }, function(c, args)
	local target, h = args[1], hook_read(c, args[1])
	local rewound = h and h.seq > c.seq
	if not h or rewound then
		local seq = h and c.seq or args[3] == "1" and 0 or c.seq
		h = { seq = seq, tries = 0, single = 0, urgent = seq, at = c.now }
		redis.call("SADD", c.p .. ":hooks", target)
		redis.call("HSET", hook_key(c, target), "kind", args[2])
		hook_write(c, target, h)
	end
	local again = redis.call("ZRANGE", c.p .. ":again:" .. target, "0", "0", "WITHSCORES")
	return { "ok", "seq", int(h.seq), "tries", int(h.tries), "single", int(h.single), "urgent", int(h.urgent), "at", int(h.at),
		"last", int(c.seq), "now", int(c.now), "rewound", rewound and "1" or "0", "again", again[1] or "", "again_seq",
		again[2] and int(tonumber(again[2])) or "0" }
end)

-- target from to: everything up to `to` is acknowledged, if the cursor still stands at `from`.
messenger("ld_hook_move", { is_key, is_whole, is_whole }, function(c, args)
	local h, to = hook_read(c, args[1]), tonumber(args[3])
	if not h or h.seq ~= tonumber(args[2]) or to < h.seq or to > c.seq then
		return refuse("stale_rev", "seq", h and int(h.seq) or "0")
	end
	h.seq, h.tries = to, 0
	h.single = h.single > to and h.single or 0
	hook_write(c, args[1], h)
	return { "ok", "seq", int(to) }
end)

-- target from to limit refused why: what lies behind `from`, up to `to`, was not taken. Tried `limit` times, it goes event
-- by event; an event on its own that was refused for good, or tried out, is a dead letter, and delivery goes on.
messenger("ld_hook_fail", { is_key, is_whole, is_whole, is_whole, is_flag, is_text }, function(c, args)
	local h, to, limit = hook_read(c, args[1]), tonumber(args[3]), tonumber(args[4])
	if not h or h.seq ~= tonumber(args[2]) or to <= h.seq or to > c.seq then
		return refuse("stale_rev", "seq", h and int(h.seq) or "0")
	end
	local alone, by_one = to == h.seq + 1, h.single > h.seq
	local dead = false
	h.tries = h.tries + 1
	if alone and (h.tries >= limit or (by_one and args[5] == "1")) then
		redis.call("XADD", c.p .. ":dead", "*", "target", args[1], "seq", int(to), "why", args[6], "at", int(c.now))
		h.seq, h.tries, dead = to, 0, true
		h.single = h.single > to and h.single or 0
	elseif not alone and h.tries >= limit then
		h.single, h.tries = to, 0
	end
	hook_write(c, args[1], h)
	return { "ok", "seq", int(h.seq), "tries", int(h.tries), "dead", dead and "1" or "0" }
end)

-- target dead_id taken: how a dead letter fared that was sent once more. One that was not taken again takes all others of
-- its target back with it: they would overtake it.
messenger("ld_hook_again", { is_key, is_key, is_flag }, function(c, args)
	local again = c.p .. ":again:" .. args[1]
	if not redis.call("ZSCORE", again, args[2]) then
		return refuse("not_found")
	elseif args[3] == "1" then
		redis.call("ZREM", again, args[2])
		redis.call("XDEL", c.p .. ":dead", args[2])
	else
		redis.call("DEL", again)
	end
	return { "ok", "left", int(redis.call("ZCARD", again)) }
end)

-- target seq urgent at: how far a robot has told. Numbers only grow.
messenger("ld_robot_told", { is_key, is_whole, is_whole, is_whole }, function(c, args)
	local h = hook_read(c, args[1])
	if not h then
		return refuse("not_found")
	end
	h.seq = math.max(h.seq, math.min(tonumber(args[2]), c.seq))
	h.urgent = math.max(h.urgent, math.min(tonumber(args[3]), c.seq))
	h.at = math.max(h.at, tonumber(args[4]))
	hook_write(c, args[1], h)
	return { "ok", "seq", int(h.seq) }
end)

local function dead_letter(c, id)
	local found = (id or ""):match("^%d+%-%d+$") and #id <= 40 and redis.call("XRANGE", c.p .. ":dead", id, id)[1]
	if not found then
		return nil
	end
	local letter = {}
	for i = 1, #found[2], 2 do
		letter[found[2][i]] = found[2][i + 1]
	end
	return letter
end

-- dead_id: a dead letter goes out once more.
writer("ld_dead_retry", "project.configure", {}, function(c, args)
	local letter = dead_letter(c, args[1])
	if not letter then
		return refuse("not_found")
	end
	redis.call("ZADD", c.p .. ":again:" .. letter.target, letter.seq, args[1])
	return { "ok", "target", letter.target, "seq", letter.seq }
end)

-- dead_id reason: a dead letter is given up. Who did it, and why, stays on record.
writer("ld_dead_skip", "project.configure", {}, function(c, args)
	local letter, reason = dead_letter(c, args[1]), args[2] or ""
	if not letter then
		return refuse("not_found")
	elseif reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	end
	redis.call("ZREM", c.p .. ":again:" .. letter.target, args[1])
	redis.call("XDEL", c.p .. ":dead", args[1])
	redis.call("XADD", c.p .. ":dropped", "MAXLEN", "~", int(DROPPED_MAX), "*", "target", letter.target, "seq", letter.seq, "why",
		letter.why, "by", c.actor, "reason", reason, "at", int(c.now))
	return { "ok", "target", letter.target, "seq", letter.seq }
end)
