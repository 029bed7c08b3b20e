-- Accounts and their sessions.
--
-- They are of all projects, so their keys stand beside those of the projects: `ld:accounts` (account → record),
-- `ld:session:<SHA-256 of the token>` (who that is, as long as the sign-in lasts) and `ld:sessions:<account>` (its tokens,
-- by the time at which they end). What touches both a project and them therefore needs one Redis, not a cluster.

local ACCOUNTS = "ld:accounts"
local ACCOUNTS_MAX = 10000
local ACCOUNT_ORDER = { "account", "role", "projects", "hash", "disabled" }
local SHOWN_ORDER = { "account", "role", "projects", "disabled" }
local SESSION_ORDER = { "account", "role", "projects" }

local function is_account(text)
	return #text >= 1 and #text <= 64 and not text:find("[^A-Za-z0-9_.@-]")
end

local function is_sha256(text)
	return #text == 64 and not text:find("[^0-9a-f]")
end

-- The record, or nil; and its text as it lies there.
local function account_read(name)
	local text = redis.call("HGET", ACCOUNTS, name)
	local a = text and json_decode(text)
	return a and type(a.projects) == "table" and a or nil, text or nil
end

local function account_write(a)
	redis.call("HSET", ACCOUNTS, a.account, json_object(ACCOUNT_ORDER, a))
end

local function project_of(c)
	return c.p:match("^ld:{(.*)}$")
end

local function has_project(a, project)
	for _, p in ipairs(a.projects) do
		if p == project or p == "*" then
			return true
		end
	end
	return false
end

-- ---------------------------------------------------------------- sessions

-- who: account, role, projects.
local function session_begin(who, token, now, ttl_ms)
	local index = "ld:sessions:" .. who.account
	redis.call("SET", "ld:session:" .. token, json_object(SESSION_ORDER, who), "PX", int(ttl_ms))
	redis.call("ZREMRANGEBYSCORE", index, "-inf", int(now))
	redis.call("ZADD", index, int(now + ttl_ms), token)
	-- The list lives as long as the longest of its sessions.
	redis.call("PEXPIRE", index, int(math.max(ttl_ms, redis.call("PTTL", index))))
end

-- All of an account, save the one of the token `keep`.
local function sessions_end(account, keep)
	local index = "ld:sessions:" .. account
	for _, token in ipairs(redis.call("ZRANGE", index, "0", "-1")) do
		if token ~= keep then
			redis.call("DEL", "ld:session:" .. token)
			redis.call("ZREM", index, token)
		end
	end
end

-- KEYS[1]: ld:accounts. account was token ttl_ms: begins a session, if the account is still as it was when its password
-- was compared; `was` is the SHA-1 of that record.
redis.register_function({ function_name = "ld_sign_in", flags = {}, callback = function(_, args)
	local name, was, token, ttl = args[1] or "", args[2] or "", args[3] or "", args[4] or ""
	if not is_sha256(token) then
		return refuse("bad_request", "field", "token")
	elseif not is_whole(ttl) or tonumber(ttl) == 0 then
		return refuse("bad_request", "field", "ttl_ms")
	end
	local a, text = account_read(name)
	if not a or a.disabled or redis.sha1hex(text) ~= was then
		return refuse("bad_credentials")
	end
	session_begin(a, token, clock_ms(), tonumber(ttl))
	return { "ok", "account", name }
end })

-- The event of what ends sessions. A daemon that takes a snapshot instead of reading it learns of it by `access_seq`.
local function emit_access(c, kind, fields)
	emit(c, kind, c.actor, c.role, fields)
	redis.call("HSET", c.p .. ":meta", "access_seq", int(c.seq))
end

-- ---------------------------------------------------------------- managing them

-- Why this actor may not touch that account. scope: the projects that the actor has, separated by blanks, `*` for all.
local function account_refusal(c, name, a, scope)
	local has = {}
	for p in scope:gmatch("%S+") do
		has[p] = true
	end
	if name == c.actor then
		return refuse("forbidden", "why", "nobody changes the own account here")
	elseif not has["*"] and not has[project_of(c)] then
		return refuse("forbidden", "why", "not your project")
	end
	if a and a.role == "manager" and c.role ~= "manager" then
		return refuse("forbidden", "why", "accounts of managers are for managers")
	end
	for _, p in ipairs(a and a.projects or {}) do
		if not has["*"] and not has[p] then
			return refuse("forbidden", "why", "the account has other projects too")
		end
	end
end

local function put_refusal(c, name, role, hash, scope, old, text)
	if not is_account(name) then
		return refuse("bad_request", "field", "account", "why", "1 to 64 of A-Z a-z 0-9 _ . @ -")
	elseif not RIGHTS["board.public"][role] then
		return refuse("bad_request", "field", "role")
	elseif hash ~= "" and (#hash > 384 or not hash:find("^%$%w+%$[%w./$]+$")) then
		return refuse("bad_request", "field", "password")
	elseif text and not old then
		return refuse("not_available", "why", "its record is unreadable; listingctl account add --replace makes a new one")
	end
	local refusal = account_refusal(c, name, old, scope)
	if refusal then
		return refusal
	elseif role == "manager" and c.role ~= "manager" then
		return refuse("forbidden", "why", "managers are made by managers")
	elseif not old and hash == "" then
		return refuse("bad_request", "field", "password", "why", "a new account needs one")
	elseif not old and redis.call("HLEN", ACCOUNTS) >= ACCOUNTS_MAX then
		return refuse("limit_reached", "why", "at most " .. ACCOUNTS_MAX .. " accounts")
	end
end

-- account role hash scope: makes an account of this project, or gives one its role, this project, a new password (hash: of
-- crypt(5); "" keeps the old one), and lets a disabled one in again. Whoever is signed in with it has to sign in anew.
writer("ld_account_put", "accounts.manage", {}, function(c, args)
	local name, role, hash, scope = args[1] or "", args[2] or "", args[3] or "", args[4] or ""
	local old, text = account_read(name)
	local refusal = put_refusal(c, name, role, hash, scope, old, text)
	if refusal then
		return refusal
	end
	local a = { account = name, role = role, projects = {}, hash = hash ~= "" and hash or old.hash, disabled = false }
	for i, p in ipairs(old and old.projects or {}) do
		a.projects[i] = p
	end
	if not has_project(a, project_of(c)) then
		a.projects[#a.projects + 1] = project_of(c)
	end
	if not old or json_object(ACCOUNT_ORDER, a) ~= json_object(ACCOUNT_ORDER, old) then
		account_write(a)
		sessions_end(name)
		emit_access(c, "account", { "account", name, "account_role", role })
	end
	return { "ok", "account", name, "role", role, "seq", int(c.seq) }
end)

-- account reason scope: its sign-ins end now, and there are no more.
writer("ld_account_disable", "accounts.manage", { "allow-oom" }, function(c, args)
	local name, reason, scope = args[1] or "", args[2] or "", args[3] or ""
	local a = account_read(name)
	if reason == "" or not is_text(reason) then
		return refuse("bad_request", "field", "reason")
	elseif not a or not has_project(a, project_of(c)) then
		return refuse("no_such_account")
	end
	local refusal = account_refusal(c, name, a, scope)
	if refusal then
		return refusal
	end
	if not a.disabled then
		a.disabled = true
		account_write(a)
		sessions_end(name)
		emit_access(c, "disable", { "account", name, "why", reason })
	end
	return { "ok", "account", name, "seq", int(c.seq) }
end, true)

-- was hash keep: the actor's own password, if the account is still as it was when the old one was compared. Its sessions end,
-- save that of the token `keep`.
writer("ld_password", "board.public", { "allow-oom" }, function(c, args)
	local was, hash, keep = args[1] or "", args[2] or "", args[3] or ""
	local a, text = account_read(c.actor)
	if not hash:find("^%$%w+%$[%w./$]+$") or #hash > 384 then
		return refuse("bad_request", "field", "password")
	elseif not a or a.disabled or redis.sha1hex(text) ~= was then
		return refuse("bad_credentials")
	elseif not has_project(a, project_of(c)) then
		return refuse("forbidden")
	end
	a.hash = hash
	account_write(a)
	sessions_end(c.actor, keep)
	emit_access(c, "password", { "account", c.actor })
	return { "ok", "account", c.actor, "seq", int(c.seq) }
end, true)

-- The accounts of this project, without what proves their passwords. The pairs end with `items N`; then N records follow.
reader("ld_accounts", function(c)
	local found = {}
	for _, text in ipairs(redis.call("HVALS", ACCOUNTS)) do
		local a = json_decode(text)
		if a and type(a.projects) == "table" and has_project(a, project_of(c)) then
			found[#found + 1] = a
		end
	end
	table.sort(found, function(x, y) return x.account < y.account end)
	local reply = { "ok", "now", int(c.now), "items", int(#found) }
	for _, a in ipairs(found) do
		reply[#reply + 1] = json_object(SHOWN_ORDER, a)
	end
	return reply
end)
