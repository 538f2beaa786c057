-- What the scripts of a lane's waiting room share. KEYS[1] is the lane's prefix; its hash tag puts every key below on one
-- node. An entry is "<length of id>:<id><course>", so that ids and courses may hold any bytes.
--   jobs  hash id -> payload, of jobs that wait here      list:<course>  ids that wait, oldest first
--   due   zset entry -> millisecond, of jobs that wait for their time
--   ring  list of courses that have something waiting     room  hash course -> how many wait
--   held  zset entry -> millisecond at which the hold lapses, of jobs handed to asynq
--   busy  hash course -> how many are held                pool  "slots ahead until" of all live workers, until a millisecond
local p = KEYS[1]
local jobs, due, ring, held, room, busy = p .. 'jobs', p .. 'due', p .. 'ring', p .. 'held', p .. 'room', p .. 'busy'
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local hold = 10000

local alive, slots, ahead = false, 8, 0
local s, a, u = string.match(redis.call('GET', p .. 'pool') or '', '^(%d+) (%d+) (%d+)$')
if s and tonumber(u) > now then alive, slots, ahead = true, tonumber(s), tonumber(a) end
-- share is what one course may hold, ready what all may.
local share = math.max(1, math.floor(slots * 3 / 4)) + ahead
local ready = slots + math.max(1, math.floor(slots / 2), ahead)

local function split(entry)
  local n, rest = string.match(entry, '^(%d+):(.*)$')
  n = tonumber(n)
  return string.sub(rest, 1, n), string.sub(rest, n + 1)
end

local function add(hash, course, by)
  if redis.call('HINCRBY', hash, course, by) < 1 then redis.call('HDEL', hash, course) end
end

local function release(entry)
  if redis.call('ZREM', held, entry) == 1 then
    local _, course = split(entry)
    add(busy, course, -1)
  end
end

-- Holds lapse only while somebody refreshes them: without workers nothing runs, so nothing has been lost.
local function lapse()
  if not alive then return end
  for _, entry in ipairs(redis.call('ZRANGEBYSCORE', held, '-inf', now, 'LIMIT', 0, 100)) do release(entry) end
end

local function wait(id, course)
  if redis.call('RPUSH', p .. 'list:' .. course, id) == 1 then redis.call('RPUSH', ring, course) end
end
