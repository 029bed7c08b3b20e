-- What buyers want: how often a lock of a unit was refused because somebody else was faster, and who keeps which unit in
-- mind.
--
-- `:demand` is a hash, unit → refused locks, with `|since`, when counting began (no unit can be called so).
-- `:favourites:<account>` holds the units of an account in the order in which they were chosen (the score is the time in ms,
-- moved on where two came in the same one), `:favourites` counts for each unit how many have it. None of it is a state of
-- a unit or a deal: no event tells of it, and the trail proves nothing of it.
do

local FAVOURITES_MAX = 50
local REFUSED_MAX_BYTES = 200000
local BATCH_TTL_MS = 3600 * 1000 -- a daemon repeats a batch within seconds, or has forgotten it

-- Lines `unit|count`, each with its newline, as a list of pairs; empty when anything else stands in the text.
local function refused_lines(text)
	local found, bytes = {}, 0
	for unit, count in text:gmatch("([^|\n]+)|(%d+)\n") do
		if #count > 9 then
			return {}
		end
		bytes = bytes + #unit + #count + 2
		found[#found + 1] = { unit, count }
	end
	return bytes == #text and found or {}
end

local function is_batch(text)
	return #text <= REFUSED_MAX_BYTES and #refused_lines(text) > 0
end

-- daemon number lines: refused locks that a daemon has counted, a line `unit|count` for each unit. A daemon numbers its
-- batches from 1 on; one that has come already is not counted again.
messenger("ld_demand_add", { is_key, is_whole, is_batch }, function(c, args)
	local found = refused_lines(args[3])
	for _, line in ipairs(found) do
		if redis.call("HEXISTS", c.p .. ":units", line[1]) == 0 then
			return refuse("no_such_unit")
		end
	end
	local batch = c.p .. ":demand:" .. args[1]
	local again = tonumber(args[2]) <= tonumber(redis.call("GET", batch) or "0")
	if not again then
		redis.call("SET", batch, args[2], "PX", int(BATCH_TTL_MS))
		redis.call("HSETNX", c.p .. ":demand", "|since", int(c.now))
		for _, line in ipairs(found) do
			redis.call("HINCRBY", c.p .. ":demand", line[1], line[2])
		end
	end
	return { "ok", "counted", again and "0" or int(#found) }
end, {})

-- unit on: "yes" keeps it in mind for the caller, "no" no longer; what is so already stays so.
writer("ld_favourite", "favourite.set", {}, function(c, args)
	local id, on = args[1] or "", args[2] or ""
	local own, all = c.p .. ":favourites:" .. c.actor, c.p .. ":favourites"
	local u = unit_read(c, id)
	if not u then
		return refuse("no_such_unit")
	elseif on ~= "yes" and on ~= "no" then
		return refuse("bad_request", "field", "on")
	end
	local there, count = redis.call("ZSCORE", own, id), redis.call("ZCARD", own)
	if on == "yes" and not there then
		if count >= FAVOURITES_MAX then
			return refuse("limit_reached", "why", "at most " .. FAVOURITES_MAX .. " favourites")
		end
		local last = redis.call("ZRANGE", own, "-1", "-1", "WITHSCORES")[2]
		redis.call("ZADD", own, int(math.max(c.now, tonumber(last or "0") + 1)), id)
		redis.call("HINCRBY", all, id, "1")
	elseif on == "no" and there then
		redis.call("ZREM", own, id)
		if redis.call("HINCRBY", all, id, "-1") <= 0 then
			redis.call("HDEL", all, id)
		end
	end
	return { "ok", "unit", id, "count", int(redis.call("ZCARD", own)) }
end)

-- account: the units that it keeps in mind, the first chosen first. The pairs end with `units N`; then N ids follow.
reader("ld_favourites", function(c, args)
	local ids = redis.call("ZRANGE", c.p .. ":favourites:" .. (args[1] or ""), "0", "-1")
	return { "ok", "units", int(#ids), unpack(ids) }
end)

local function counters(key)
	local flat, found = redis.call("HGETALL", key), {}
	for i = 1, #flat, 2 do
		found[flat[i]] = flat[i + 1]
	end
	return found
end

-- What is wanted: the pairs are since (ms, 0: nothing was counted yet) and `units N`; then for each unit that was refused
-- or is somebody's favourite four items follow, in index order: id, index, refused, favourites.
reader("ld_demand", function(c)
	local refused, favourites = counters(c.p .. ":demand"), counters(c.p .. ":favourites")
	local reply, count = { "ok", "since", refused["|since"] or "0", "units", "0" }, 0
	for i, id in ipairs(redis.call("LRANGE", c.p .. ":index", "0", "-1")) do
		if refused[id] or favourites[id] then
			count = count + 1
			for _, item in ipairs({ id, int(i - 1), refused[id] or "0", favourites[id] or "0" }) do
				reply[#reply + 1] = item
			end
		end
	end
	reply[5] = int(count)
	return reply
end)

end
