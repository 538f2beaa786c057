-- ARGV: most jobs to take, then the entries that are finished. Returns the payloads of the jobs to hand over now.
local take = tonumber(ARGV[1])
for i = 2, #ARGV do release(ARGV[i]) end
lapse()
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', due, entry)
  wait(split(entry))
end
local out = {}
local free = math.min(take, ready - redis.call('ZCARD', held))
-- Courses that have their share are passed over; after a turn around the ring, or a good part of it, nothing is left to take.
local passed = 0
while #out < free and passed < math.min(200, redis.call('LLEN', ring)) do
  local course = redis.call('LPOP', ring)
  local list = p .. 'list:' .. course
  passed = passed + 1
  if tonumber(redis.call('HGET', busy, course) or 0) < share then
    local id = redis.call('LPOP', list)
    local payload = redis.call('HGET', jobs, id)
    redis.call('HDEL', jobs, id)
    add(room, course, -1)
    if redis.call('ZADD', held, now + hold, string.len(id) .. ':' .. id .. course) == 1 then add(busy, course, 1) end
    if payload then out[#out + 1] = payload end
    passed = 0
  end
  if redis.call('EXISTS', list) == 1 then redis.call('RPUSH', ring, course) end
end
return out
