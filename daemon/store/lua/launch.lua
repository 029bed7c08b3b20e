-- ---------------------------------------------------------------- launch sessions (场次)
--
-- Called `launch` here: sessions are sign-ins already. A session of a project has an id `s1`, `s2`, … and these keys:
--
--   :launches            hash, id → record (LAUNCH_ORDER)
--   :launch:units        hash, unit → id of the session that offers it; while it does, nobody else sells the unit
--   :launch:<id>:order   sorted set, buyer → draw number: everyone who is admitted
--   :launch:<id>:groups  hash, buyer → group
--   :launch:<id>:entered hash, buyer → "ms|sha1 of the rules": checked in (签到), rules accepted
--   :launch:<id>:chosen  hash, buyer → the deals by this session, separated by blanks, the newest first: all that are open and
--                        the last that are not
--   :launch:<id>:active, :room, :seen, :told, :codes, :secret, :rules, :tally     see launch_room.lua and launch_office.lua
--
-- The session has a clock of its own: it begins at opens_ms and stands while the session is paused (shift_ms is the time
-- that it stood). Windows and the end are points of that clock. Everything is decided by the time of Redis.

local LAUNCH_NUMBERS = { "opens_ms", "closes_ms", "hold_ms", "limit", "window_size", "window_ms", "active_max", "paused_ms",
	"shift_ms", "closed_ms", "swept_ms", "message_ms", "created_ms", "drawn_ms", "standby_ms" }
local LAUNCH_ORDER = { "id", "name", "mode", "opens_ms", "closes_ms", "hold_ms", "limit", "window_size", "window_ms", "groups",
	"active_max", "commit", "rules_sha", "paused_ms", "shift_ms", "closed_ms", "swept_ms", "why", "message", "message_ms",
	"created_ms", "drawn_ms", "standby_ms" }

local function launch_key(c, id, part)
	return c.p .. ":launch:" .. id .. ":" .. part
end

local function launch_read(c, id)
	local l = json_decode(redis.call("HGET", c.p .. ":launches", id) or "")
	if l then
		for _, k in ipairs(LAUNCH_NUMBERS) do
			l[k] = l[k] or 0
		end
	end
	return l
end

-- The same for whoever only reads: what was decoded is kept, by its text, so that a press does not decode it again. Not to be
-- written to.
local KNOWN_MAX = 100
local known, known_count = {}, 0

local function launch_known(c, id)
	local text = redis.call("HGET", c.p .. ":launches", id)
	if text and not known[text] then
		if known_count == KNOWN_MAX then
			known, known_count = {}, 0
		end
		known[text], known_count = launch_read(c, id), known_count + 1
	end
	return text and known[text]
end

local function launch_write(c, l)
	redis.call("HSET", c.p .. ":launches", l.id, json_object(LAUNCH_ORDER, l))
end

-- The moment at which the session stands: now, unless it was stopped before.
local function launch_moment(c, l)
	return l.paused_ms > 0 and l.paused_ms or l.closed_ms > 0 and l.closed_ms or c.now
end

local function launch_has_opened(c, l)
	return launch_moment(c, l) >= l.opens_ms + l.shift_ms
end

-- The session's own clock: ms since its opening, negative before.
local function launch_elapsed(c, l)
	local opened = l.opens_ms + l.shift_ms
	return (l.paused_ms > 0 and math.max(l.paused_ms, opened) or launch_moment(c, l)) - opened
end

-- "planned", "open", "paused" or "closed".
local function launch_phase(c, l)
	if l.closed_ms > 0 then
		return "closed"
	elseif l.paused_ms > 0 then
		return "paused"
	end
	local elapsed = launch_elapsed(c, l)
	return elapsed < 0 and "planned" or elapsed < l.closes_ms - l.opens_ms and "open" or "closed"
end

-- When a point of the session's clock comes, as far as one knows now.
local function launch_at(l, elapsed)
	return l.opens_ms + l.shift_ms + elapsed
end

-- The session that offers the unit, or nil. What is over offers nothing any more.
local function launch_of(c, unit)
	local id = redis.call("HGET", c.p .. ":launch:units", unit)
	local l = id and launch_known(c, id)
	return l and launch_phase(c, l) ~= "closed" and l or nil
end

-- Staff sells nothing that a session offers: a refusal, or nil.
local function launch_bars(c, unit)
	local l = launch_of(c, unit)
	return l and refuse("not_open", "why", "session", "launch", l.id, "opens_at", int(launch_at(l, 0))) or nil
end

-- ---------------------------------------------------------------- whose turn it is

-- "A=600000,B=300000": the rounds in their order; each group chooses for so many milliseconds.
local function launch_rounds(l)
	local rounds, from = {}, 0
	for name, ms in (l.groups or ""):gmatch("([^,=]+)=(%d+)") do
		rounds[#rounds + 1] = { name = name, from = from, to = from + tonumber(ms) }
		from = from + tonumber(ms)
	end
	return rounds, from
end

-- When, by draw order, all windows are over. Once they were, that stays so, whoever is admitted later.
local function launch_standby(c, l)
	return l.standby_ms > 0 and l.standby_ms or
		math.ceil(redis.call("ZCARD", launch_key(c, l.id, "order")) / l.window_size) * l.window_ms
end

-- from, to, again: points of the session's clock. A buyer chooses from `from` until before `to`; who was skipped or took too
-- long does so again from `again` on (轮候), together with all others.
local function launch_turn(c, l, buyer)
	if l.mode == "order" then
		local rank = redis.call("ZRANK", launch_key(c, l.id, "order"), buyer)
		local again = launch_standby(c, l)
		local from = math.min(math.floor(rank / l.window_size) * l.window_ms, again)
		return from, from + l.window_ms, again
	elseif l.mode == "groups" then
		local rounds, last = launch_rounds(l)
		local group = redis.call("HGET", launch_key(c, l.id, "groups"), buyer)
		for _, round in ipairs(rounds) do
			if round.name == group then
				return round.from, round.to, last
			end
		end
		return last, last, last
	end
	return 0, l.closes_ms - l.opens_ms, 0
end

-- Why it is not this buyer's turn, or nil.
local function turn_refusal(c, l, buyer)
	local phase, elapsed = launch_phase(c, l), launch_elapsed(c, l)
	if phase == "planned" then
		return refuse("not_open", "why", "before", "opens_at", int(launch_at(l, 0)))
	elseif phase ~= "open" then
		return refuse("not_open", "why", phase)
	end
	local from, to, again = launch_turn(c, l, buyer)
	if elapsed < from then
		return refuse("not_open", "why", "turn", "opens_at", int(launch_at(l, from)))
	elseif elapsed >= to and elapsed < again then
		return refuse("not_open", "why", "standby", "opens_at", int(launch_at(l, again)))
	end
end

-- ---------------------------------------------------------------- choosing

-- The id of the buyer who acts, or nil: accounts of buyers are `buyer:<id>`, which no account of the office can be called.
local function acting_buyer(c)
	return c.role == "buyer" and c.actor:match("^buyer:(.+)$") or nil
end

-- Whether the deal is what this buyer chose, and still his: a deal can be put to another name.
local function chose(c, d)
	return d.locked_by == c.actor and d.buyer == acting_buyer(c)
end

-- The same of a record as it lies there: pressing for what one holds, and for what another does, happens often.
local function chose_record(c, id)
	local text = redis.call("HGET", c.p .. ":deals", id) or ""
	local function says(name, value)
		return text:find('"' .. name .. '":' .. cjson.encode(value), 1, true)
	end
	return says("locked_by", c.actor) and says("buyer", acting_buyer(c))
end

local function launch_deals(c, l, buyer)
	local found = {}
	for id in (redis.call("HGET", launch_key(c, l.id, "chosen"), buyer) or ""):gmatch("%S+") do
		found[#found + 1] = id
	end
	return found
end

-- How many units a buyer has by this session: what was given back or has run out does not count. Their deals come behind, and
-- those of the others, the newest first.
local function launch_count(c, l, buyer)
	local open, ended = {}, {}
	for _, id in ipairs(launch_deals(c, l, buyer)) do
		local d = deal_read(c, id)
		local counts = IS_OPEN[d.status] and not is_lapsed(c, unit_read(c, d.unit))
		table.insert(counts and open or ended, id)
	end
	return #open, open, ended
end

local ENDED_KEPT = 5

-- One more deal of a buyer. Of those that are over the last few are kept: each press looks at them.
local function launch_deals_add(c, l, buyer, id)
	local _, open, ended = launch_count(c, l, buyer)
	local kept = { id, unpack(open) }
	for i = 1, math.min(#ended, ENDED_KEPT) do
		kept[#kept + 1] = ended[i]
	end
	table.sort(kept, function(a, b) return tonumber(a:sub(2)) > tonumber(b:sub(2)) end)
	redis.call("HSET", launch_key(c, l.id, "chosen"), buyer, table.concat(kept, " "))
end

-- Why this buyer may not choose now, whatever the unit; or nil.
local function chooser_refusal(c, l, buyer, b)
	if not redis.call("ZSCORE", launch_key(c, l.id, "order"), buyer) or not b then
		return refuse("forbidden", "why", "admitted")
	elseif b.qualification == "refused" then
		return refuse("forbidden", "why", "qualification")
	end
	local refusal = turn_refusal(c, l, buyer)
	if refusal then
		return refusal
	elseif not redis.call("HGET", launch_key(c, l.id, "entered"), buyer) then
		return refuse("not_ready", "why", "rules")
	elseif launch_count(c, l, buyer) >= l.limit then
		return refuse("limit_reached", "why", "units", "limit", int(l.limit))
	elseif l.active_max > 0 and not redis.call("ZSCORE", launch_key(c, l.id, "active"), buyer) then
		return refuse("not_open", "why", "waiting")
	end
end

-- A buyer without a consultant is served by the office; in lists and reports that is `online`.
local ONLINE = "online"

-- A buyer chooses: the lock of a session, for oneself, with the session's short hold.
local function launch_lock(c, id, rev)
	local buyer = acting_buyer(c)
	if not buyer then
		return refuse("forbidden", "why", "admitted")
	end
	local u, refusal = unit_at(c, id, rev)
	if not u then
		return refusal
	end
	local lapsed = is_lapsed(c, u)
	if u.status == "locked" and not lapsed and chose_record(c, u.deal) then
		return unit_reply(c, id, u) -- what one holds: the old deadline, nothing written
	end
	local l = launch_of(c, id)
	if not l then
		return refuse("not_open", "why", "no_session")
	end
	local b = buyer_read(c, buyer)
	local bar = chooser_refusal(c, l, buyer, b)
	if bar then
		return bar
	elseif u.status == "withheld" then
		return refuse("not_open", "why", "withheld")
	elseif u.status ~= "available" and not lapsed then
		return refuse("unit_taken", "rev", int(u.rev))
	elseif refusal then
		return refusal
	end
	if lapsed then
		expire(c, id, u)
	end
	local d = deal_begin(c, id, buyer, b.consultant ~= "" and b.consultant or ONLINE, l)
	launch_deals_add(c, l, buyer, d.id)
	u.deal, u.holder, u.deadline = d.id, d.consultant, d.deadline
	unit_move(c, id, u, "lock", "locked", c.actor, c.role, "", { "b", buyer, "price", int(d.price_fen), "launch", l.id })
	return unit_reply(c, id, u)
end
