-- Importing the catalogue.

local PRICE_MAX_FEN = 9007199254740991 -- 2^53 - 1, the last whole number that JSON readers agree on

-- Whether the list price stands in the entry exactly once and in digits: `unit_reprice` puts another in its place.
local function price_is_plain(json, fen)
	local digits, count = json:match('"list_price_fen"%s*:%s*(%d+)%s*[,}]'), select(2, json:gsub('"list_price_fen"%s*:', ""))
	return digits == int(fen) and count == 1
end

-- One triple of an import checked: the entry's problem, or nil.
local function entry_problem(id, json, status, seen)
	local home = #json <= CATALOG_ENTRY_MAX_BYTES and json_decode(json)
	if not is_name(id) or seen[id] then
		return "id"
	elseif not home or home.id ~= id then
		return "json"
	elseif type(home.list_price_fen) ~= "number" or home.list_price_fen < 0 or home.list_price_fen > PRICE_MAX_FEN
		or home.list_price_fen % 1 ~= 0 or not price_is_plain(json, home.list_price_fen) then
		return "list_price_fen"
	elseif status ~= "" and status ~= "available" and status ~= "withheld" then
		return "status"
	end
end

-- Another list price takes a manager's approval: an import by somebody else leaves the prices that are there.
local function reprices(c, id, json)
	local old = RIGHTS["request.decide"][c.role] ~= "ANY" and redis.call("HGET", c.p .. ":catalog", id)
	return old and old ~= json and json_decode(old).list_price_fen ~= json_decode(json).list_price_fen
end

local function import_check(c, args)
	local seen, count = {}, 0
	if (#args - 5) % 3 ~= 0 or #args < 8 then
		return refuse("bad_request", "field", "units", "why", "triples of id, json, status")
	end
	for i = 6, #args, 3 do
		local bad = entry_problem(args[i], args[i + 1], args[i + 2], seen)
		if bad then
			return refuse("bad_request", "field", bad, "unit", args[i])
		elseif reprices(c, args[i], args[i + 1]) then
			return refuse("forbidden", "field", "list_price_fen", "unit", args[i], "why",
				"another list price: a manager imports it, or decides what price.ask asks for")
		end
		seen[args[i]], count = true, count + 1
	end
	local known = redis.call("HKEYS", c.p .. ":units")
	local vanished = 0
	for _, id in ipairs(known) do
		if not seen[id] then
			vanished = vanished + 1
		end
	end
	if count + vanished > UNITS_MAX then
		return refuse("bad_request", "field", "units", "why", "at most " .. UNITS_MAX .. " units")
	end
	return nil, vanished, #known
end

local function unit_add(c, id, json, status, index)
	local u = { status = status == "" and "available" or status, rev = 1, deal = "", deadline = 0, holder = "", index = index }
	redis.call("RPUSH", c.p .. ":index", id)
	redis.call("HSET", c.p .. ":catalog", id, json)
	unit_write(c, id, u)
	emit_unit(c, "add", c.actor, c.role, id, u, "", { "cat", json })
end

local function unit_relist(c, id, json)
	local u = unit_read(c, id)
	u.rev = u.rev + 1
	redis.call("HSET", c.p .. ":catalog", id, json)
	unit_write(c, id, u)
	emit_unit(c, "change", c.actor, c.role, id, u, "", { "cat", json })
end

local function catalog_commit(c, added, changed)
	c.meta.catalog_version = int(tonumber(c.meta.catalog_version) + 1)
	redis.call("HSET", c.p .. ":meta", "catalog_version", c.meta.catalog_version)
	emit(c, "import", c.actor, c.role, { "version", c.meta.catalog_version, "added", int(added), "changed", int(changed) })
end

-- Another list price in an entry that is otherwise as the office wrote it; the import saw to it that it stands there plainly.
local function unit_reprice(c, id, fen)
	local json = redis.call("HGET", c.p .. ":catalog", id)
	unit_relist(c, id, (json:gsub('("list_price_fen"%s*:%s*)%d+', "%1" .. int(fen), 1)))
	catalog_commit(c, 0, 1)
end

-- expected_version ("" any) then triples: id json initial_status. Units that are absent stay as they are and are counted.
writer("ld_import", "catalog.import", {}, function(c, _, args)
	local expected = args[5] or ""
	if expected ~= "" and expected ~= c.meta.catalog_version then
		return refuse("stale_rev", "catalog_version", c.meta.catalog_version)
	end
	local refusal, vanished, index = import_check(c, args)
	if refusal then
		return refusal
	end
	local added, changed, unchanged = 0, 0, 0
	for i = 6, #args, 3 do
		local id, json = args[i], args[i + 1]
		local old = redis.call("HGET", c.p .. ":catalog", id)
		if not old then
			unit_add(c, id, json, args[i + 2], index + added)
			added = added + 1
		elseif old ~= json then
			unit_relist(c, id, json)
			changed = changed + 1
		else
			unchanged = unchanged + 1
		end
	end
	if added + changed > 0 then
		catalog_commit(c, added, changed)
	end
	return { "ok", "catalog_version", c.meta.catalog_version, "count", int(added + changed + unchanged), "added", int(added), "changed",
		int(changed), "unchanged", int(unchanged), "vanished", int(vanished) }
end)
