-- What is not of one project.

-- KEYS[1]: the counter. limit window_ms: how often something happened within a window that the first time opened.
redis.register_function({ function_name = "ld_throttle", flags = {}, callback = function(keys, args)
	if not is_whole(args[1] or "") or not is_whole(args[2] or "") then
		return refuse("bad_request", "field", "limit")
	end
	local count = redis.call("INCR", keys[1])
	if count == 1 then
		redis.call("PEXPIRE", keys[1], args[2])
	end
	return { "ok", "count", int(count), "allowed", count <= tonumber(args[1]) and "1" or "0", "retry_ms",
		int(math.max(0, redis.call("PTTL", keys[1]))) }
end })

-- KEYS[1]: the secret that all daemons sign tokens with; the first proposal (64 hex digits) stays.
redis.register_function({ function_name = "ld_secret", flags = {}, callback = function(keys, args)
	if not (args[1] or ""):match("^%x+$") or #args[1] ~= 64 then
		return refuse("bad_request", "field", "secret")
	end
	redis.call("SETNX", keys[1], args[1])
	return { "ok", "secret", redis.call("GET", keys[1]) }
end })
