-- Launch sessions as buyers meet them: sign-in, the waiting room, and the way from a choice to an application.
do

local GONE_MS = 60 * 1000 -- who has not been seen for so long has left; daemons tell every few seconds who is there
local SILENCE_MS = 20 * 1000 -- twice the time in which a daemon has told of everybody
local NAMES_MAX = 1000
local DRAWN = 2 ^ 48 -- tickets below come from the draw, those from here on from the order of arrival

-- ---------------------------------------------------------------- signing in

local JTI_MAX_MS = 24 * 3600 * 1000
local ATTEMPT_MS = 10 * 60 * 1000 -- so long may the same attempt be repeated

-- The sessions of this project that let the buyer in: those that are not over and admit him, then those that are over and by
-- which he still has a unit, for its clock goes on. The newest of each first.
local function admitting(c, buyer)
	local found, over = {}, {}
	for n = tonumber(c.meta.next_launch) - 1, 1, -1 do
		local id = "s" .. int(n)
		local l = redis.call("ZSCORE", launch_key(c, id, "order"), buyer) and launch_known(c, id)
		if l and launch_phase(c, l) ~= "closed" then
			found[#found + 1] = l
		elseif l and launch_count(c, l, buyer) > 0 then
			over[#over + 1] = l
		end
	end
	for _, l in ipairs(over) do
		found[#found + 1] = l
	end
	return found
end

-- The session whose one-time code this is, or nil.
local function code_fits(c, launches, buyer, code)
	for _, l in ipairs(launches) do
		if redis.call("HGET", launch_key(c, l.id, "codes"), buyer) == code then
			return l
		end
	end
end

-- Ends the sign-in that the account has to this project, and says whether there was one: buyers of other projects may have
-- the same id.
local function replaces(c, account)
	local index, replaced = "ld:sessions:" .. account, false
	for _, token in ipairs(redis.call("ZRANGE", index, "0", "-1")) do
		local who = json_decode(redis.call("GET", "ld:session:" .. token) or "")
		local ours = who and who.projects[1] == project_of(c)
		if ours then
			redis.call("DEL", "ld:session:" .. token)
			replaced = true
		end
		if ours or not who then
			redis.call("ZREM", index, token)
		end
	end
	return replaced
end

local function is_ix(text)
	return #text == 32 and not text:find("[^0-9a-f]")
end

-- The session that this attempt has signed in for already. The answer may have been lost, and the proof with it: the same page
-- gets another sign-in, unless the office has given another code since.
local function repeated(c, launches, buyer, way, proof, attempt)
	local before = attempt ~= "" and redis.call("GET", c.p .. ":signin:" .. proof)
	for _, l in ipairs(launches) do
		local is_void = way == "code" and redis.call("HGET", launch_key(c, l.id, "codes"), buyer)
		if before == table.concat({ attempt, l.id, buyer }, "|") and not is_void then
			return l
		end
	end
end

-- way phone proof token ttl_ms jti_ms [attempt]: signs a buyer in by the look-up value of the phone number. way "code": proof is the
-- keyed hash of the one-time code, which is used up; "link": the daemon has checked a signed link, proof is the keyed hash of
-- its id, good once within jti_ms. A buyer has one sign-in: another one ends, and the event `replace` says so.
-- attempt: a key that the page has made; with it the same proof is good again for ten minutes.
redis.register_function({ function_name = "ld_buyer_sign_in", flags = {}, callback = function(keys, args)
	local c, refusal = open(keys)
	local way, phone, proof, token, ttl, jti_ms = args[1] or "", args[2] or "", args[3] or "", args[4] or "", args[5] or "", args[6] or "0"
	local attempt = args[7] or ""
	if not c then
		return refusal
	elseif way ~= "code" and way ~= "link" or not is_ix(phone) or not is_ix(proof) or not is_sha256(token) then
		return refuse("bad_request", "field", "proof")
	elseif not is_whole(ttl) or tonumber(ttl) == 0 or not is_whole(jti_ms) or tonumber(jti_ms) > JTI_MAX_MS then
		return refuse("bad_request", "field", "ttl_ms")
	elseif attempt ~= "" and not is_key(attempt) then
		return refuse("bad_request", "field", "attempt")
	elseif c.meta.frozen ~= "" then
		return refuse("frozen", "why", c.meta.frozen)
	end
	local buyer = redis.call("HGET", c.p .. ":buyers:phone", phone)
	local launches = buyer and buyer_read(c, buyer) and admitting(c, buyer) or {}
	local jti = c.p .. ":jti:" .. proof
	local l
	if way == "code" then
		l = code_fits(c, launches, buyer, proof)
	elseif redis.call("EXISTS", jti) == 0 and tonumber(jti_ms) > 0 then
		l = launches[1]
	end
	l = l or repeated(c, launches, buyer, way, proof, attempt)
	if not l then
		return refuse("bad_credentials")
	end
	if attempt ~= "" then
		redis.call("SET", c.p .. ":signin:" .. proof, table.concat({ attempt, l.id, buyer }, "|"), "PX", int(ATTEMPT_MS))
	end
	if way == "code" then
		redis.call("HDEL", launch_key(c, l.id, "codes"), buyer)
	elseif tonumber(jti_ms) > 0 then
		redis.call("SET", jti, "1", "PX", jti_ms)
	end
	local account = "buyer:" .. buyer
	if replaces(c, account) then
		emit(c, "replace", account, "buyer", { "account", account })
		redis.call("HSET", c.p .. ":meta", "access_seq", int(c.seq))
		commit(c)
	end
	session_begin({ account = account, role = "buyer", projects = { project_of(c) } }, token, c.now, tonumber(ttl))
	return { "ok", "account", account, "buyer", buyer, "launch", l.id }
end })

-- ---------------------------------------------------------------- the waiting room

-- `:room` holds who waits by ticket, `:active` who may choose, `:seen` when somebody was there last, `:told` since when and until
-- when daemons have told of it without a longer silence ("ms ms"). Before the opening
-- everybody waits; the tickets of those who come in time are drawn: the first twelve hex digits of sha1(seed "|room|" buyer).
-- Later ones queue behind them in the order of their arrival. No step happens at the opening itself.
-- A seat is for window_ms; whoever has it longer keeps it until somebody waits for it. `:active` has, by the session's own clock,
-- when each was let in: while the session stands, nobody's time runs.

local function room_ticket(c, l, buyer)
	if not launch_has_opened(c, l) then
		local seed = redis.call("GET", launch_key(c, l.id, "secret"))
		return tonumber(redis.sha1hex(seed .. "|room|" .. buyer):sub(1, 12), 16)
	end
	return DRAWN + redis.call("INCR", launch_key(c, l.id, "arrivals"))
end

local function room_queue(c, l, buyer)
	redis.call("ZADD", launch_key(c, l.id, "room"), int(room_ticket(c, l, buyer)), buyer)
end

local function is_known(c, l, buyer)
	return redis.call("ZSCORE", launch_key(c, l.id, "active"), buyer) or redis.call("ZSCORE", launch_key(c, l.id, "room"), buyer)
end

local function room_join(c, l, buyer)
	redis.call("ZADD", launch_key(c, l.id, "seen"), int(c.now), buyer)
	if not is_known(c, l, buyer) then
		room_queue(c, l, buyer)
	end
end

local function room_leave(c, l, buyer)
	for _, part in ipairs({ "active", "room", "seen" }) do
		redis.call("ZREM", launch_key(c, l.id, part), buyer)
	end
end

-- The seats that are free go to those who have waited longest; returns them.
local function let_in(c, l)
	local came = {}
	local free = l.active_max - redis.call("ZCARD", launch_key(c, l.id, "active"))
	if launch_phase(c, l) ~= "open" or free <= 0 then
		return came
	end
	local first = redis.call("ZPOPMIN", launch_key(c, l.id, "room"), int(math.min(free, NAMES_MAX)))
	for i = 1, #first, 2 do
		redis.call("ZADD", launch_key(c, l.id, "active"), int(launch_elapsed(c, l)), first[i])
		came[#came + 1] = first[i]
	end
	if #came > 0 then
		redis.call("INCRBY", launch_key(c, l.id, "passed"), int(#came))
	end
	return came
end

-- For how long daemons have told of the session without a longer silence. While Redis or all daemons were away nobody could be
-- seen, nor choose, and nobody loses place or seat by that: times begin anew when the first daemon tells again.
local function told_for(c, l)
	local key = launch_key(c, l.id, "told")
	local since, last = (redis.call("GET", key) or "0 0"):match("^(%d+) (%d+)$")
	since = c.now - tonumber(last) > SILENCE_MS and c.now or tonumber(since)
	redis.call("SET", key, int(since) .. " " .. int(c.now))
	return c.now - since
end

-- Who has had a seat for its whole time makes room for those who wait and find none free, the longest seated first, and waits
-- anew, behind them.
local function seats_pass_on(c, l, told_ms)
	local free = l.active_max - redis.call("ZCARD", launch_key(c, l.id, "active"))
	local wanted = redis.call("ZCARD", launch_key(c, l.id, "room")) - math.max(free, 0)
	if launch_phase(c, l) ~= "open" or told_ms < l.window_ms or wanted <= 0 then
		return
	end
	local last = launch_elapsed(c, l) - l.window_ms
	for _, buyer in ipairs(redis.call("ZRANGEBYSCORE", launch_key(c, l.id, "active"), "-inf", int(last), "LIMIT", "0", int(math.min(wanted, NAMES_MAX)))) do
		redis.call("ZREM", launch_key(c, l.id, "active"), buyer)
		if launch_count(c, l, buyer) < l.limit then
			room_queue(c, l, buyer)
		end
	end
end

local function is_names(text)
	return #text <= NAMES_MAX * (NAME_MAX_BYTES + 1) and not text:find("[%c|]")
end

-- launch buyers (separated by blanks): they are there. Who has left loses the place, who has waited longest gets it. The reply
-- says who was let in by this call, and how many have passed the room so far. Those who have entered only; the others are
-- looking on.
messenger("ld_launch_seen", { is_key, is_names }, function(c, args)
	local l = launch_known(c, args[1])
	if not l then
		return refuse("no_such_launch")
	end
	local over = launch_phase(c, l) == "closed"
	local told_ms = over and 0 or told_for(c, l)
	local before = over and c.now or told_ms < GONE_MS and 0 or c.now - GONE_MS
	local gone = redis.call("ZRANGEBYSCORE", launch_key(c, l.id, "seen"), "-inf", int(before), "LIMIT", "0", int(NAMES_MAX))
	for buyer in args[2]:gmatch("%S+") do
		if not over and redis.call("HGET", launch_key(c, l.id, "entered"), buyer) then
			redis.call("ZADD", launch_key(c, l.id, "seen"), int(c.now), buyer)
			if l.active_max > 0 and not is_known(c, l, buyer) and launch_count(c, l, buyer) < l.limit then
				room_join(c, l, buyer)
			end
		end
	end
	for _, buyer in ipairs(gone) do
		if tonumber(redis.call("ZSCORE", launch_key(c, l.id, "seen"), buyer)) <= before then
			room_leave(c, l, buyer)
		end
	end
	local came = {}
	if l.active_max > 0 then
		seats_pass_on(c, l, told_ms)
		came = let_in(c, l)
	end
	return { "ok", "now", int(c.now), "phase", launch_phase(c, l), "active", int(redis.call("ZCARD", launch_key(c, l.id, "active"))), "waiting",
		int(redis.call("ZCARD", launch_key(c, l.id, "room"))), "passed", redis.call("GET", launch_key(c, l.id, "passed")) or "0", "let_in",
		table.concat(came, " ") }
end, {})

-- launch buyers: where they stand. The pairs end with `items N`; then a text for each: "active", the number of those before
-- in the room, or "" for neither. Before the opening the draw is secret, and so is the place: "waiting".
reader("ld_launch_places", function(c, args)
	local l, reply = launch_known(c, args[1] or ""), { "ok", "now", int(c.now), "items", "0" }
	if not l then
		return refuse("no_such_launch")
	end
	local secret = not launch_has_opened(c, l)
	for buyer in (args[2] or ""):gmatch("%S+") do
		local place = redis.call("ZSCORE", launch_key(c, l.id, "active"), buyer) and "active" or redis.call("ZRANK", launch_key(c, l.id, "room"), buyer)
		reply[#reply + 1] = not place and "" or place == "active" and place or secret and "waiting" or int(place)
	end
	reply[5] = int(#reply - 5)
	return reply
end)

-- launch rules_sha: the buyer has read and accepted the rules and checks in (签到). Doing so again changes nothing.
writer("ld_launch_enter", "launch.choose", {}, function(c, args)
	local l, buyer = launch_known(c, args[1] or ""), acting_buyer(c)
	if not l then
		return refuse("no_such_launch")
	elseif not buyer or not buyer_read(c, buyer) or not redis.call("ZSCORE", launch_key(c, l.id, "order"), buyer) then
		return refuse("forbidden", "why", "admitted")
	elseif launch_phase(c, l) == "closed" then
		return refuse("not_open", "why", "closed")
	elseif args[2] ~= l.rules_sha then
		return refuse("stale_rev", "why", "rules", "rules_sha", l.rules_sha) -- they were changed after the buyer read them
	end
	if not (redis.call("HGET", launch_key(c, l.id, "entered"), buyer) or ""):find(l.rules_sha, 1, true) then
		redis.call("HSET", launch_key(c, l.id, "entered"), buyer, int(c.now) .. "|" .. l.rules_sha)
		emit(c, "checkin", c.actor, c.role, { "launch", l.id, "b", buyer, "rules_sha", l.rules_sha })
	end
	redis.call("ZADD", launch_key(c, l.id, "seen"), int(c.now), buyer)
	if l.active_max > 0 then
		if launch_count(c, l, buyer) < l.limit then
			room_join(c, l, buyer)
		end
		let_in(c, l)
	end
	return { "ok", "launch", l.id, "phase", launch_phase(c, l), "seq", int(c.seq) }
end)

-- ---------------------------------------------------------------- from a choice to an application

-- deal eligibility down_payment_fen note: the buyer completes the application. The short hold of the session becomes the usual
-- one, and the office checks.
writer("ld_launch_complete", "launch.choose", {}, function(c, args)
	local d = deal_read(c, args[1] or "")
	local eligibility, down_payment, note = args[2] or "", args[3] or "", args[4] or ""
	if not d or d.launch == "" then
		return refuse("no_such_deal")
	elseif not chose(c, d) then
		return refuse("not_holder")
	end
	local u = unit_read(c, d.unit)
	if d.status ~= "locked" then
		return refuse("not_available", "status", d.status)
	elseif is_lapsed(c, u) then
		return refuse("not_available", "status", "expired")
	elseif eligibility ~= "qualified" and eligibility ~= "unqualified" and eligibility ~= "unknown" then
		return refuse("bad_request", "field", "eligibility", "why", "qualified, unqualified or unknown")
	elseif down_payment ~= "" and not is_whole(down_payment) then
		return refuse("bad_request", "field", "down_payment_fen")
	elseif not is_text(note) then
		return refuse("bad_request", "field", "note")
	end
	d.eligibility, d.down_payment_fen, d.note = eligibility, tonumber(down_payment) or 0, note
	hold_on(c, d, u)
	d.applied_ms, d.applied_by, d.reject_reason = c.now, c.actor, ""
	emit_apply(c, d)
	deal_write(c, d)
	local l = launch_known(c, d.launch)
	if l and launch_count(c, l, acting_buyer(c)) >= l.limit then
		room_leave(c, l, acting_buyer(c)) -- done: the place is for the next
	end
	return deal_reply(c, d, "application", d.application)
end)

-- launch buyer: what this buyer needs to know of oneself. Times are of Redis' clock. The pairs end with `items N`; then the
-- records of the buyer's deals of this session follow, the newest first.
reader("ld_launch_me", function(c, args)
	local l, buyer = launch_known(c, args[1] or ""), args[2] or ""
	if not l then
		return refuse("no_such_launch")
	end
	local draw = redis.call("ZSCORE", launch_key(c, l.id, "order"), buyer)
	if not draw then
		return { "ok", "now", int(c.now), "admitted", "0", "items", "0" }
	end
	local from, to, again = launch_turn(c, l, buyer)
	local ids = launch_deals(c, l, buyer)
	local seated = redis.call("ZSCORE", launch_key(c, l.id, "active"), buyer)
	local place = seated and "active" or redis.call("ZRANK", launch_key(c, l.id, "room"), buyer)
	local before = not launch_has_opened(c, l)
	to = seated and math.min(to, tonumber(seated) + l.window_ms) or to
	local reply = { "ok", "now", int(c.now), "admitted", "1", "draw", int(tonumber(draw)), "rank",
		int(redis.call("ZRANK", launch_key(c, l.id, "order"), buyer) + 1), "group", redis.call("HGET", launch_key(c, l.id, "groups"), buyer) or "",
		"entered", (redis.call("HGET", launch_key(c, l.id, "entered"), buyer) or ""):match("^%d*"),
		"entered_sha", (redis.call("HGET", launch_key(c, l.id, "entered"), buyer) or "|"):match("|(.*)$"),
		"opens_at", int(launch_at(l, 0)), "turn_from", int(launch_at(l, from)), "turn_to", int(launch_at(l, to)), "again_from", int(launch_at(l, again)),
		"place", l.active_max == 0 and "active" or not place and "" or place == "active" and place or before and "waiting" or int(place),
		"count", int(launch_count(c, l, buyer)), "items", int(#ids) }
	return records(reply, c.p .. ":deals", ids)
end)

-- ---------------------------------------------------------------- what the daemons count

local TALLY_LINES_MAX = 200

local function tally_lines(text)
	local found, bytes = {}, 0
	for name, count in text:gmatch("([a-z0-9_.]+)|(%d+)\n") do
		bytes = bytes + #name + #count + 2
		if #name > 40 or #count > 9 or #found == TALLY_LINES_MAX then
			return {}
		end
		found[#found + 1] = { name, count }
	end
	return bytes == #text and found or {}
end

-- launch daemon number lines: a line `name|count` for each counter, each with its newline. A daemon numbers its batches from 1
-- on; one that has come already is not counted again.
messenger("ld_launch_tally", { is_key, is_key, is_whole, function(text) return #tally_lines(text) > 0 end }, function(c, args)
	if not launch_known(c, args[1]) then
		return refuse("no_such_launch")
	end
	local batch, tally = launch_key(c, args[1], "batch:" .. args[2]), launch_key(c, args[1], "tally")
	local again = tonumber(args[3]) <= tonumber(redis.call("GET", batch) or "0")
	if not again then
		redis.call("SET", batch, args[3], "PX", "3600000")
		for _, line in ipairs(tally_lines(args[4])) do
			redis.call("HINCRBY", tally, line[1], line[2])
		end
	end
	return { "ok", "counted", again and "0" or "1" }
end, {})

end
