-- What is only read.

-- The pairs end with `units N`; then N times id and packed unit follow, in index order.
reader("ld_snapshot", function(c)
	local m = c.meta
	local ids = redis.call("LRANGE", c.p .. ":index", "0", "-1")
	local flat = redis.call("HGETALL", c.p .. ":units")
	local units = {}
	for i = 1, #flat, 2 do
		units[flat[i]] = flat[i + 1]
	end
	local reply = { "ok", "epoch", m.epoch, "seq", m.seq, "now", int(c.now), "catalog_version", m.catalog_version, "uuid", m.uuid,
		"lock_hold_ms", m.lock_hold_ms, "public_board", m.public_board, "warn_ms", m.warn_ms, "name", m.name, "clock_hold",
		m.clock_hold, "units", int(#ids) }
	for _, id in ipairs(ids) do
		reply[#reply + 1], reply[#reply + 2] = id, units[id]
	end
	return reply
end)

-- The pairs end with `units N`; then N catalogue entries follow, in index order.
reader("ld_catalog", function(c)
	local reply = { "ok", "catalog_version", c.meta.catalog_version, "units", "0" }
	local flat, entries = redis.call("HGETALL", c.p .. ":catalog"), {}
	for i = 1, #flat, 2 do
		entries[flat[i]] = flat[i + 1]
	end
	local ids = redis.call("LRANGE", c.p .. ":index", "0", "-1")
	reply[5] = int(#ids)
	for _, id in ipairs(ids) do
		reply[#reply + 1] = entries[id]
	end
	return reply
end)

redis.register_function({ function_name = "ld_version", flags = { "no-writes" }, callback = function()
	return { "ok", "version", int(VERSION), "sha", SHA }
end })
