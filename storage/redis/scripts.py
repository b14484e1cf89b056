"""What Redis itself does, in one step each. Lengths and moments are microseconds, by the server's clock.

A moment may be given by the caller instead, for tests. All keys of one desk hash to one slot.
"""

from __future__ import annotations

from typing import Final

_CLOCK: Final = """
local function clock(given)
  if given ~= '' then return tonumber(given) end
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000000 + tonumber(t[2])
end
local function whole(number) return string.format('%.0f', number) end
local function ms(micros, more) return whole(math.ceil(micros / 1000) + more) end
"""

BEAT: Final = (
    _CLOCK
    + """
-- KEYS: epoch, replicas. ARGV: moment, who, new epoch, an epoch's life (ms), how long a silent replica counts.
local now = clock(ARGV[1])
redis.call('ZADD', KEYS[2], whole(now), ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', whole(now - tonumber(ARGV[5])))
redis.call('PEXPIRE', KEYS[2], ARGV[4])
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  epoch = ARGV[3] .. ':' .. whole(now)
  redis.call('SET', KEYS[1], epoch)
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {epoch, redis.call('ZCARD', KEYS[2])}
"""
)
"""I am here. Answers which epoch it is (a new one when Redis was emptied), and how many replicas there are."""

TAKE: Final = (
    _CLOCK
    + """
-- KEYS: epoch, then for each name its budget and its block. ARGV: moment, epoch, settle, urgent, the call's name, how
-- much longer than needed keys are kept (ms), then for each name: 'r' burst each reserve | 'w' n (most span reserve)*n
local now, settle, urgent, more = clock(ARGV[1]), tonumber(ARGV[3]), ARGV[4] == '1', tonumber(ARGV[6])
local epoch, since = string.match(redis.call('GET', KEYS[1]) or '', '^(.-):(%d+)$')
if epoch ~= ARGV[2] then return -1 end
-- A moment that seems to come is from before the clock went back.
local wait = tonumber(since) > now and 0 or tonumber(since) + settle - now
local at = 7
local function next_number()
  at = at + 1
  return tonumber(ARGV[at - 1])
end
local spend = {}
for i = 2, #KEYS, 2 do
  local key = KEYS[i]
  wait = math.max(wait, (tonumber(redis.call('GET', KEYS[i + 1]) or now)) - now)
  at = at + 1
  if ARGV[at - 1] == 'r' then
    local burst, each, kept = next_number(), next_number(), next_number()
    if urgent then kept = 0 end
    local ahead = (tonumber(redis.call('GET', key) or now)) - now
    ahead = math.max(ahead, 0)
    if ahead > burst * each then
      ahead = burst * each
      redis.call('SET', key, whole(now + ahead), 'PX', ms(ahead, more))
    end
    wait = math.max(wait, ahead - (burst - 1 - kept) * each)
    spend[#spend + 1] = function()
      redis.call('SET', key, whole(now + ahead + each), 'PX', ms(ahead + each, more))
    end
  else
    local longest = 0
    for _, each in ipairs(redis.call('ZRANGEBYSCORE', key, '(' .. whole(now), '+inf')) do
      redis.call('ZADD', key, whole(now), each)
    end
    for _ = 1, next_number() do
      local most, span, kept = next_number(), next_number(), next_number()
      if urgent then kept = 0 end
      longest = math.max(longest, span)
      local nth = redis.call('ZREVRANGE', key, most - kept - 1, most - kept - 1, 'WITHSCORES')
      if nth[2] then wait = math.max(wait, tonumber(nth[2]) + span - now) end
    end
    if longest > 0 then
      spend[#spend + 1] = function()
        redis.call('ZADD', key, whole(now), ARGV[5])
        redis.call('ZREMRANGEBYSCORE', key, '-inf', whole(now - longest))
        redis.call('PEXPIRE', key, ms(longest, more))
      end
    end
  end
end
if wait > 0 then return wait end
for _, each in ipairs(spend) do each() end
return 0
"""
)
"""Zero when the call may be made, and then it counts; else how long to wait. -1 when it is another epoch."""

BLOCK: Final = (
    _CLOCK
    + """
-- KEYS: block. ARGV: moment, how long, more (ms)
local now, long = clock(ARGV[1]), tonumber(ARGV[2])
local until_then = math.max(now + long, tonumber(redis.call('GET', KEYS[1]) or 0))
redis.call('SET', KEYS[1], whole(until_then), 'PX', ms(until_then - now, tonumber(ARGV[3])))
return 0
"""
)
"""Nothing of that name passes for so long; a longer block stays."""

TELL: Final = (
    _CLOCK
    + """
-- KEYS: budgets and blocks. ARGV: moment, a name for these calls, more (ms), then for each key:
-- 'r' ahead | 'b' left | 'c' longest n age*n
local now, more = clock(ARGV[1]), tonumber(ARGV[3])
local at = 4
local function next_number()
  at = at + 1
  return tonumber(ARGV[at - 1])
end
for i, key in ipairs(KEYS) do
  local kind = ARGV[at]
  at = at + 1
  if kind == 'c' then
    local longest, n = next_number(), next_number()
    for j = 1, n do redis.call('ZADD', key, whole(now - next_number()), ARGV[2] .. ':' .. i .. ':' .. j) end
    redis.call('PEXPIRE', key, ms(longest, more))
  else
    local known, said = tonumber(redis.call('GET', key) or 0), next_number()
    local moment = kind == 'r' and math.max(known, now) + said or math.max(known, now + said)
    redis.call('SET', key, whole(moment), 'PX', ms(moment - now, more))
  end
end
return 0
"""
)
"""What one replica did that Redis does not know of: it was emptied, or away."""
