-- Buyers: ld:{P}:buyers (id → record), ld:{P}:buyers:phone and :card (look-up value → id).
--
-- What tells who somebody is comes sealed (daemon/seal) and is never opened here; phone_ix and card_ix are keyed hashes
-- of the numbers, good for finding the same number again and for nothing else.
do

local BUYERS_MAX = 100000
local BUYER_ORDER = { "id", "consultant", "level", "qualification", "sealed", "phone_ix", "card_ix" }
local BUYER_INDEX = { { "phone", "phone_ix" }, { "card", "card_ix" } }
local QUALIFICATIONS = { unknown = true, qualified = true, refused = true }

local function is_index(v)
	return v == "" or #v == 32 and not v:find("[^0-9a-f]")
end

-- The members of a record; whatever else comes would be clear text.
local BUYER_MEMBERS = {
	id = is_name,
	consultant = function(v) return v == "" or is_name(v) end,
	level = function(v) return v:match("^[ABC]?$") end,
	qualification = function(v) return QUALIFICATIONS[v] end,
	sealed = function(v) return v:match("^v1%.[a-z0-9]+%.[A-Za-z0-9_-]+$") end,
	phone_ix = is_index,
	card_ix = is_index,
	was = function(v) return v == "" or #v == 40 and not v:find("[^0-9a-f]") end,
}

-- One pair checked: the member that is wrong, or nil and the record.
local function buyer_problem(id, json)
	local b = #json <= CATALOG_ENTRY_MAX_BYTES and json_decode(json)
	if not is_name(id) or has_number(id) then
		return "id"
	elseif not b or b.id ~= id then
		return "json"
	end
	for k, v in pairs(b) do
		if type(v) ~= "string" or not BUYER_MEMBERS[k] or not BUYER_MEMBERS[k](v) then
			return BUYER_MEMBERS[k] and k or "json"
		end
	end
	if not b.sealed and (b.phone_ix or b.card_ix) then
		return "sealed"
	end
	return nil, b
end

local function is_clear(old)
	return old.name ~= nil or old.phone ~= nil
end

-- The record as it will be: what the new one lacks stays as it was; what is sealed and its look-up values go together.
local function buyer_merge(new, old)
	local b = { id = new.id, consultant = new.consultant or old.consultant, level = new.level or old.level,
		qualification = new.qualification or old.qualification }
	local from = new.sealed and new or old
	b.sealed = from.sealed
	for _, kind in ipairs(BUYER_INDEX) do
		b[kind[2]] = from[kind[2]] ~= "" and from[kind[2]] or nil
	end
	return b
end

-- Whether this actor may make this of it; a refusal otherwise.
local function buyer_refusal(c, new, old, text, b)
	if old.erased then
		return refuse("not_available", "why", "erased", "buyer", new.id)
	elseif new.was and new.was ~= (text and redis.sha1hex(text) or "") then
		return refuse("stale_rev", "buyer", new.id)
	elseif not b.consultant then
		return refuse("bad_request", "field", "consultant", "buyer", new.id)
	elseif is_clear(old) and not new.sealed then
		return refuse("not_available", "why", "it lies in clear; seal it with listingctl buyer rekey", "buyer", new.id)
	elseif c.grant == "OWN" and (b.consultant ~= c.actor or (text and old.consultant ~= c.actor)) then
		return refuse("forbidden")
	elseif c.grant == "OWN" and (b.qualification or "unknown") ~= (old.qualification or "unknown") then
		return refuse("forbidden", "field", "qualification") -- the office checks it, not who wants to sell
	end
end

local function duplicate(c, field, id, other)
	if c.grant ~= "ANY" then
		return refuse("duplicate", "field", field)
	end
	return refuse("duplicate", "field", field, "of", id, "buyer", other)
end

-- Nobody else has these numbers, neither in Redis nor among those that come with them.
local function duplicate_refusal(c, list, changes)
	for _, kind in ipairs(BUYER_INDEX) do
		local field, ix = kind[1], kind[2]
		local claims = {}
		for _, each in ipairs(list) do
			local value = each.b[ix]
			local other = value and (claims[value] or redis.call("HGET", c.p .. ":buyers:" .. field, value))
			-- A buyer that gives the number up in this very call does not stand in the way.
			if other and other ~= each.b.id and (claims[value] or not changes[other] or changes[other][ix] == value) then
				return duplicate(c, field, each.b.id, other)
			elseif value then
				claims[value] = each.b.id
			end
		end
	end
end

local function buyers_check(c, args)
	local list, changes = {}, {}
	if #args < 6 or #args % 2 ~= 0 then
		return refuse("bad_request", "field", "buyers", "why", "pairs of id and json")
	end
	for i = 5, #args, 2 do
		local bad, new = buyer_problem(args[i], args[i + 1])
		if bad or changes[args[i]] then
			-- An id that is wrong may be anything, a number of a person too: it is not repeated.
			return refuse("bad_request", "field", bad or "id", "at", int((i - 3) / 2))
		end
		local text = redis.call("HGET", c.p .. ":buyers", args[i])
		local old = text and json_decode(text) or {}
		local b = buyer_merge(new, old)
		local refusal = buyer_refusal(c, new, old, text, b)
		if refusal then
			return refusal
		end
		local json = json_object(BUYER_ORDER, b)
		list[#list + 1] = { b = b, old = old, json = json, changed = json ~= text, new = not text }
		changes[b.id] = b
	end
	return duplicate_refusal(c, list, changes), list
end

local function buyers_write(c, list)
	for _, kind in ipairs(BUYER_INDEX) do
		local key, ix = c.p .. ":buyers:" .. kind[1], kind[2]
		for _, each in ipairs(list) do
			if each.old[ix] and each.old[ix] ~= each.b[ix] then
				redis.call("HDEL", key, each.old[ix])
			end
		end
		for _, each in ipairs(list) do
			if each.b[ix] then
				redis.call("HSET", key, each.b[ix], each.b.id)
			end
		end
	end
	for _, each in ipairs(list) do
		redis.call("HSET", c.p .. ":buyers", each.b.id, each.json)
	end
end

-- Pairs: id json {"id","consultant",["level","qualification","sealed","phone_ix","card_ix","was"]}. `was` is the SHA-1 of the
-- record that the caller saw, "" for none: another one there is refused as stale_rev.
writer("ld_buyer_put", "buyers.write", {}, function(c, _, args)
	local refusal, list = buyers_check(c, args)
	if refusal then
		return refusal
	end
	local changed, new = {}, 0
	for _, each in ipairs(list) do
		if each.changed then
			changed[#changed + 1] = each
			new = new + (each.new and 1 or 0)
		end
	end
	if new > 0 and redis.call("HLEN", c.p .. ":buyers") + new > BUYERS_MAX then
		return refuse("limit_reached", "why", "at most " .. BUYERS_MAX .. " buyers")
	end
	if #changed > 0 then
		buyers_write(c, changed)
		emit(c, "buyers", c.actor, c.role, { "count", int(#changed) })
	end
	local reply = { "ok", "count", int(#list), "added", int(new), "changed", int(#changed - new), "seq", int(c.seq) }
	if #list == 1 then
		reply[#reply + 1], reply[#reply + 2] = "buyer", list[1].b.id
	end
	return reply
end)

local ENDED = { settled = true, released = true, expired = true, withdrawn = true }

-- The first deal of a buyer that is not over, or nil. While money has to be paid back the office must know to whom.
local function open_deal(c, buyer)
	for _, text in ipairs(redis.call("HVALS", c.p .. ":deals")) do
		local d = json_decode(text)
		if d and d.buyer == buyer and (not ENDED[d.status] or (d.refund_fen or 0) > 0) then
			return d.id
		end
	end
end

-- reason: somebody is about to read the numbers of all buyers; the trail says who, when and why.
writer("ld_buyer_reveal", "buyers.reveal", { "allow-oom" }, function(c, args)
	local reason = args[1] or ""
	if reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	end
	emit(c, "reveal", c.actor, c.role, { "count", int(redis.call("HLEN", c.p .. ":buyers")), "why", reason })
	return { "ok", "seq", int(c.seq) }
end)

-- buyer reason: what is left says that there was a buyer of this id and when it went.
writer("ld_buyer_erase", "buyers.erase", { "allow-oom" }, function(c, args)
	local id, reason = args[1] or "", args[2] or ""
	if reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	end
	local old = json_decode(redis.call("HGET", c.p .. ":buyers", id) or "")
	if not old or old.erased then
		return refuse("no_such_buyer")
	end
	local deal = open_deal(c, id)
	if deal then
		return refuse("not_available", "why", "a deal of this buyer is open, or its money is still to be paid back", "deal", deal)
	end
	for _, kind in ipairs(BUYER_INDEX) do
		if old[kind[2]] then
			redis.call("HDEL", c.p .. ":buyers:" .. kind[1], old[kind[2]])
		end
	end
	redis.call("HSET", c.p .. ":buyers", id, json_object({ "id", "erased" }, { id = id, erased = c.now }))
	emit(c, "erase", c.actor, c.role, { "b", id, "why", reason })
	return { "ok", "buyer", id, "seq", int(c.seq) }
end)

end
