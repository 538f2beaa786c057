package queue

import (
	"testing"
	"time"

	"github.com/quoin-lms/quoin/runtime/ports"
	"github.com/quoin-lms/quoin/runtime/ports/portstest"
)

// backends are what everything runs on. redis-server is started once; where it is not on PATH, its tests skip and say so.
var backends = map[string]func(t testing.TB) Config{
	"embedded": func(testing.TB) Config { return Config{} },
	"redis": func(t testing.TB) Config {
		return Config{RedisURL: sharedRedis(t).url, Prefix: prefix(t)}
	},
}

func onEach(t *testing.T, test func(t *testing.T, config Config)) {
	for name, config := range backends {
		t.Run(name, func(t *testing.T) { test(t, config(t)) })
	}
}

func TestQueueConforms(t *testing.T) {
	for name, config := range backends {
		t.Run(name, func(t *testing.T) {
			portstest.QueueSuite(t, func(t *testing.T) portstest.QueueRig {
				settings := config(t)
				settings.Interactive, settings.Background = 16, 16
				q := open(t, settings)
				return portstest.QueueRig{Queue: q, Work: func(handlers map[string]portstest.Handler) {
					ours := map[string]Handler{}
					for kind, handler := range handlers {
						ours[kind] = HandlerFunc(handler)
					}
					start(t, q, ours)
				}}
			})
		})
	}
}

func TestBusConforms(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		portstest.BusSuite(t, func(t *testing.T) portstest.BusRig {
			q := open(t, Config{})
			return portstest.BusRig{Here: q, There: q}
		})
	})
	t.Run("redis", func(t *testing.T) {
		portstest.BusSuite(t, func(t *testing.T) portstest.BusRig {
			config := backends["redis"](t)
			return portstest.BusRig{Here: open(t, config), There: open(t, config)}
		})
	})
}

func TestLimiterConforms(t *testing.T) {
	for name, config := range backends {
		t.Run(name, func(t *testing.T) {
			portstest.LimiterSuite(t, func(t *testing.T) portstest.LimiterRig {
				return portstest.LimiterRig{Limiter: open(t, config(t))}
			})
		})
	}
}

func TestLimiterForgets(t *testing.T) {
	config := backends["redis"](t)
	q := open(t, config)
	if ok, _, err := q.Allow(t.Context(), "a@example.com", ports.Rate{Events: 1, Period: 200 * time.Millisecond}); !ok || err != nil {
		t.Fatalf("allowed %t, error %v", ok, err)
	}
	client := sharedRedis(t).client(t)
	defer client.Close()
	mine := func() []string {
		keys, err := client.Keys(t.Context(), "quoin:limit:"+config.Prefix+":*").Result()
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	wait(t, "the key has expired", func() bool { return len(mine()) == 0 })
}
