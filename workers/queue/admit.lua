-- ARGV: id, course, entry, payload, millisecond at which it is due (0: now), most jobs of the lane.
-- Returns 0 waits or runs already, 1 hand it to asynq, 2 waits now, -1 full.
local id, course, entry, at, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[5]), tonumber(ARGV[6])
if redis.call('HEXISTS', jobs, id) == 1 then return 0 end
lapse()
if redis.call('ZSCORE', held, entry) then return 0 end
local n = redis.call('ZCARD', held)
if at <= now and n < ready and tonumber(redis.call('HGET', busy, course) or 0) < share
  and redis.call('EXISTS', p .. 'list:' .. course) == 0 then
  redis.call('ZADD', held, now + hold, entry)
  add(busy, course, 1)
  return 1
end
-- A course may fill half of what the others leave free, so there is always room for a course that has nothing here yet.
if tonumber(redis.call('HGET', room, course) or 0) >= limit - redis.call('HLEN', jobs) - n then return -1 end
redis.call('HSET', jobs, id, ARGV[4])
add(room, course, 1)
if at > now then redis.call('ZADD', due, at, entry) else wait(id, course) end
return 2
