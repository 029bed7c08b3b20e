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
		m.clock_hold, "frozen", m.frozen, "rehearsal", m.rehearsal, "access_seq", m.access_seq, "utc_offset_min", m.utc_offset_min, "sheet_at_min", m.sheet_at_min, "units", int(#ids) }
	for _, id in ipairs(ids) do
		reply[#reply + 1], reply[#reply + 2] = id, units[id]
	end
	return reply
end)

-- The pairs end with `units N`; then N catalogue entries follow, in index order.
reader("ld_catalog", function(c)
	local reply = { "ok", "catalog_version", c.meta.catalog_version, "palette", c.meta.palette, "rehearsal", c.meta.rehearsal, "units", "0" }
	local flat, entries = redis.call("HGETALL", c.p .. ":catalog"), {}
	for i = 1, #flat, 2 do
		entries[flat[i]] = flat[i + 1]
	end
	local ids = redis.call("LRANGE", c.p .. ":index", "0", "-1")
	reply[9] = int(#ids)
	for _, id in ipairs(ids) do
		reply[#reply + 1] = entries[id]
	end
	return reply
end)

-- What a daemon's own board must be at this seq: for each unit by index `id|letter|rev|deadline`, joined by newlines.
reader("ld_digest", function(c)
	local lines = {}
	for i, id in ipairs(redis.call("LRANGE", c.p .. ":index", "0", "-1")) do
		local u = unit_read(c, id)
		lines[i] = table.concat({ id, LETTERS[u.status], int(u.rev), int(u.deadline) }, "|")
	end
	return { "ok", "seq", c.meta.seq, "digest", redis.sha1hex(table.concat(lines, "\n")) }
end)

local LIST_MAX = 1000

local function records(reply, key, ids)
	local found = #ids > 0 and redis.call("HMGET", key, unpack(ids)) or {}
	for i = 1, #ids do
		reply[#reply + 1] = found[i] or ""
	end
	return reply
end

-- consultant scope limit before: the deals of one consultant, or with "" of the project, newest first; scope "open" for those
-- that hold a unit, "all" for the ended ones too; with `before` those that are older than that deal. The pairs end with
-- `deals N`; then N records follow.
reader("ld_deals", function(c, args)
	local consultant, scope, limit, before = args[1] or "", args[2] or "", args[3] or "", args[4] or ""
	local last = before == "" and math.huge or tonumber(before:match("^d(%d+)$"))
	if scope ~= "open" and scope ~= "all" then
		return refuse("bad_request", "field", "scope")
	elseif not is_whole(limit) or tonumber(limit) == 0 then
		return refuse("bad_request", "field", "limit")
	elseif not last then
		return refuse("bad_request", "field", "before")
	end
	limit = math.min(tonumber(limit), LIST_MAX)
	local ids = {}
	local function take(id)
		if tonumber(id:sub(2)) < last then
			ids[#ids + 1] = id
		end
	end
	if scope == "open" then
		for _, packed in ipairs(redis.call("HVALS", c.p .. ":units")) do
			local u = unit_parse(packed)
			if u.deal ~= "" and (consultant == "" or u.holder == consultant) then
				take(u.deal)
			end
		end
	elseif consultant ~= "" then
		for _, id in ipairs(redis.call("ZRANGE", c.p .. ":deals:" .. consultant, "0", "-1")) do
			take(id)
		end
	else
		local newest = math.min(tonumber(c.meta.next_deal), last) - 1
		for n = newest, math.max(1, newest - limit + 1), -1 do
			ids[#ids + 1] = "d" .. int(n)
		end
	end
	table.sort(ids, function(a, b) return tonumber(a:sub(2)) > tonumber(b:sub(2)) end)
	while #ids > limit do
		ids[#ids] = nil
	end
	return records({ "ok", "now", int(c.now), "deals", int(#ids) }, c.p .. ":deals", ids)
end)

-- kinds, separated by blanks: what waits, the longest first, at most LIST_MAX of each kind: hundreds of contracts that wait
-- for a mortgage must not hide an application of today. The pairs end with `items N`; then N times member, since (ms),
-- and the record it is about: the request of a request, else the deal.
reader("ld_queue", function(c, args)
	local room, reply, count = {}, { "ok", "now", int(c.now), "seq", c.meta.seq, "items", "0" }, 0
	for kind in (args[1] or ""):gmatch("%S+") do
		room[kind] = LIST_MAX
	end
	local all = redis.call("ZRANGE", c.p .. ":queue", "0", "-1", "WITHSCORES")
	for i = 1, #all, 2 do
		local kind, deal, request = all[i]:match("^(%a+)|(%w*)|?(%w*)$")
		if (room[kind] or 0) > 0 then
			room[kind], count = room[kind] - 1, count + 1
			reply[#reply + 1], reply[#reply + 2] = all[i], int(tonumber(all[i + 1]))
			reply[#reply + 1] = (request ~= "" and redis.call("HGET", c.p .. ":requests", request)
				or redis.call("HGET", c.p .. ":deals", deal)) or ""
		end
	end
	reply[7] = int(count)
	return reply
end)

redis.register_function({ function_name = "ld_version", flags = { "no-writes" }, callback = function()
	return { "ok", "version", int(VERSION), "sha", SHA }
end })
