-- Many units in one step (区选): all or none.

local BATCH_MAX = 500

-- The units that a call names, separated by blanks; each once.
local function units_named(c, text)
	local ids, seen = {}, {}
	for id in text:gmatch("%S+") do
		if seen[id] or #ids == BATCH_MAX then
			return nil, refuse("bad_request", "field", "units", "why", seen[id] and "each unit once" or ("at most " .. BATCH_MAX .. " units"))
		end
		ids[#ids + 1], seen[id] = id, true
	end
	if #ids == 0 then
		return nil, refuse("bad_request", "field", "units", "why", "name a unit")
	end
	return ids
end

-- Those that are there and `fits`; a refusal that names all that are not.
local function batch_read(c, text, fits)
	local ids, refusal = units_named(c, text)
	if refusal then
		return nil, refusal
	end
	local all, bad = {}, {}
	for _, id in ipairs(ids) do
		local u = unit_read(c, id)
		if not u then
			return nil, refuse("no_such_unit", "unit", id)
		elseif not fits(u) then
			bad[#bad + 1] = id
		end
		all[#all + 1] = { id = id, u = u }
	end
	if #bad > 0 then
		return nil, refuse("not_available", "units", table.concat(bad, " "))
	end
	return all
end

-- units reason
writer("ld_withhold_many", "unit.withhold", {}, function(c, args)
	local reason = args[2] or ""
	local all, refusal = batch_read(c, args[1] or "", function(u) return u.status == "available" or is_lapsed(c, u) end)
	if refusal then
		return refusal
	elseif reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	end
	for _, each in ipairs(all) do
		if is_lapsed(c, each.u) then
			expire(c, each.id, each.u)
		end
		unit_move(c, each.id, each.u, "withhold", "withheld", c.actor, c.role, reason)
	end
	return { "ok", "count", int(#all), "seq", int(c.seq) }
end)

-- units
writer("ld_offer_many", "unit.offer", {}, function(c, args)
	local all, refusal = batch_read(c, args[1] or "", function(u) return u.status == "withheld" end)
	if refusal then
		return refusal
	end
	for _, each in ipairs(all) do
		unit_move(c, each.id, each.u, "offer", "available", c.actor, c.role)
	end
	return { "ok", "count", int(#all), "seq", int(c.seq) }
end)
