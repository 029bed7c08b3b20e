-- Displays: screens on walls, signed in without a password.
--
-- A display shows a code and keeps a secret. Somebody of the office types the code, which makes the display known to the
-- project; then the display's secret is good for one session, read-only and of that project. `ld:pairing:<code>` is a hash:
-- project, secret (its SHA-256), until (ms), and display once it was confirmed; `ld:pairings` holds the codes by their end.
-- `:displays` holds id → record, `:displays:seen` id → `last contact|daemon|until`, the daemon to which it is connected and
-- up to when that is vouched for.
do

local PAIRING_MS = 600000 -- as long as it takes to walk from the wall to the desk, and a telephone call
local CLAIM_MS = 60000 -- a code typed at the last moment can still be claimed
local PAIRINGS_MAX = 5000
local DISPLAYS_MAX = 200
local DISPLAY_ORDER = { "id", "name", "paired_ms", "paired_by", "code" }

local function is_code(text)
	return #text == 6 and not text:find("[^2-9A-HJKMNP-Z]")
end

-- A pairing that is not over; nil otherwise.
local function pairing_read(code, now)
	local v = redis.call("HMGET", "ld:pairing:" .. code, "project", "secret", "until", "display")
	if v[1] and tonumber(v[3]) > now then
		return { project = v[1], secret = v[2], ends = tonumber(v[3]), display = v[4] or nil }
	end
end

local function pairing_end(code)
	redis.call("DEL", "ld:pairing:" .. code)
	redis.call("ZREM", "ld:pairings", code)
end

-- KEYS[1]: ld:pairings. code secret project. Whether there is such a project is not looked at: nobody learns it from this.
redis.register_function({ function_name = "ld_pairing", flags = {}, callback = function(keys, args)
	local code, secret, project, now = args[1] or "", args[2] or "", args[3] or "", clock_ms()
	if not is_code(code) then
		return refuse("bad_request", "field", "code")
	elseif not is_sha256(secret) then
		return refuse("bad_request", "field", "secret")
	elseif not is_key(project) then
		return refuse("bad_request", "field", "project")
	elseif redis.call("ZCOUNT", keys[1], "(" .. int(now), "+inf") >= PAIRINGS_MAX then
		return refuse("limit_reached")
	elseif pairing_read(code, now) then
		return refuse("exists")
	end
	local ends, key = now + PAIRING_MS, "ld:pairing:" .. code
	redis.call("ZREMRANGEBYSCORE", keys[1], "-inf", int(now))
	redis.call("ZADD", keys[1], int(ends), code)
	redis.call("DEL", key)
	redis.call("HSET", key, "project", project, "secret", secret, "until", int(ends))
	redis.call("PEXPIRE", key, int(PAIRING_MS))
	return { "ok", "expires_at", int(ends) }
end })

-- The account's name of a display; no account that people sign in with has a colon.
local function display_account(project, id)
	return "display:" .. project .. ":" .. id
end

local function claim(code, secret, token, ttl_ms)
	local now = clock_ms()
	local p = is_code(code) and pairing_read(code, now)
	if not p or p.secret ~= secret then
		return nil
	elseif not p.display then
		return { "ok", "status", "waiting" }
	end
	local key = "ld:{" .. p.project .. "}:displays"
	local who = { account = display_account(p.project, p.display), role = "display", projects = { p.project } }
	session_begin(who, token, now, ttl_ms)
	local d = json_decode(redis.call("HGET", key, p.display))
	d.code = nil
	redis.call("HSET", key, p.display, json_object(DISPLAY_ORDER, d))
	redis.call("HSET", key .. ":seen", p.display, int(now) .. "||0")
	pairing_end(code)
	return { "ok", "status", "paired", "account", who.account, "project", p.project }
end

-- KEYS[1]: a counter of failures. code secret token ttl_ms limit window_ms: `waiting`, or `paired` once and a session for the
-- token begins; `none` is counted, and after `limit` of them in the window (0: no limit) the answer is `throttled`.
redis.register_function({ function_name = "ld_claim", flags = {}, callback = function(keys, args)
	local code, secret, token = args[1] or "", args[2] or "", args[3] or ""
	for i, name in ipairs({ "ttl_ms", "limit", "window_ms" }) do
		if not is_whole(args[3 + i] or "") or (i ~= 2 and tonumber(args[3 + i]) == 0) then
			return refuse("bad_request", "field", name)
		end
	end
	local limit = tonumber(args[5])
	if not is_sha256(secret) or not is_sha256(token) then
		return refuse("bad_request", "field", "secret")
	elseif limit > 0 and tonumber(redis.call("GET", keys[1]) or "0") >= limit then
		return { "ok", "status", "throttled" }
	end
	local reply = claim(code, secret, token, tonumber(args[4]))
	if not reply and limit > 0 and redis.call("INCR", keys[1]) == 1 then
		redis.call("PEXPIRE", keys[1], args[6])
	end
	return reply or { "ok", "status", "none" }
end })

-- code name: the display that shows this code belongs to the project from now on.
writer("ld_display_pair", "displays.manage", {}, function(c, args)
	local code, name = (args[1] or ""):upper(), args[2] or ""
	local p = is_code(code) and pairing_read(code, c.now)
	if name == "" or #name > NAME_MAX_BYTES or not is_text(name) then
		return refuse("bad_request", "field", "name")
	elseif not p or p.project ~= project_of(c) or p.display then
		return refuse("no_such_code")
	elseif redis.call("HLEN", c.p .. ":displays") >= DISPLAYS_MAX then
		return refuse("limit_reached", "why", "at most " .. DISPLAYS_MAX .. " displays")
	end
	local id, ends = "s" .. int(take_number(c, "display")), math.max(p.ends, c.now + CLAIM_MS)
	redis.call("HSET", c.p .. ":displays", id,
		json_object(DISPLAY_ORDER, { id = id, name = name, paired_ms = c.now, paired_by = c.actor, code = code }))
	redis.call("HSET", "ld:pairing:" .. code, "display", id, "until", int(ends))
	redis.call("PEXPIRE", "ld:pairing:" .. code, int(ends - c.now))
	redis.call("ZADD", "ld:pairings", int(ends), code)
	emit(c, "pair", c.actor, c.role, { "display", id })
	return { "ok", "display", id, "seq", int(c.seq) }
end)

-- display reason: its session ends now.
writer("ld_display_revoke", "displays.manage", { "allow-oom" }, function(c, args)
	local id, reason = args[1] or "", args[2] or ""
	local d = json_decode(redis.call("HGET", c.p .. ":displays", id) or "")
	if reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	elseif not d then
		return refuse("no_such_display")
	end
	-- Confirmed but not claimed: the code has to end. One that is long over may be another display's by now.
	local p = d.code and pairing_read(d.code, c.now)
	if p and p.project == project_of(c) and p.display == id then
		pairing_end(d.code)
	end
	sessions_end(display_account(project_of(c), id))
	redis.call("HDEL", c.p .. ":displays", id)
	redis.call("HDEL", c.p .. ":displays:seen", id)
	emit_access(c, "revoke", { "display", id, "why", reason })
	return { "ok", "display", id, "seq", int(c.seq) }
end, true)

-- daemon ttl_ms id ...: these displays are in contact with this daemon, and it vouches for so long; with ttl_ms 0 they have
-- just left it. Nothing of this stands in the trail.
messenger("ld_display_seen", { is_key, is_whole }, function(c, args)
	local daemon, ttl, key = args[1], tonumber(args[2]), c.p .. ":displays"
	for i = 3, #args do
		if redis.call("HEXISTS", key, args[i]) == 1 then
			local at, ends = (redis.call("HGET", key .. ":seen", args[i]) or ""):match("^%d+|([^|]*)|(%d+)$")
			if ttl > 0 or at == daemon or not at then
				at, ends = daemon, ttl > 0 and int(c.now + ttl) or "0"
			end
			redis.call("HSET", key .. ":seen", args[i], int(c.now) .. "|" .. at .. "|" .. ends)
		end
	end
	return { "ok", "now", int(c.now) }
end)

-- The pairs end with `items N`; then N times the record and `last contact|daemon|until`, in the order of their numbers.
reader("ld_displays", function(c)
	local found = {}
	for _, text in ipairs(redis.call("HVALS", c.p .. ":displays")) do
		found[#found + 1] = json_decode(text)
	end
	table.sort(found, function(x, y) return tonumber(x.id:sub(2)) < tonumber(y.id:sub(2)) end)
	local reply = { "ok", "now", int(c.now), "items", int(2 * #found) }
	for _, d in ipairs(found) do
		d.code = nil
		reply[#reply + 1] = json_object(DISPLAY_ORDER, d)
		reply[#reply + 1] = redis.call("HGET", c.p .. ":displays:seen", d.id) or "0||0"
	end
	return reply
end)

end
