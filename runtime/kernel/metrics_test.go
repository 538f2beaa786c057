package kernel

import (
	"testing"
	"time"
)

// Each duration is counted in the bucket whose bounds it lies between.
func TestCallBuckets(t *testing.T) {
	for _, took := range []time.Duration{0, time.Microsecond, 16 * time.Microsecond, 17 * time.Microsecond, time.Millisecond, 33 * time.Millisecond, time.Second, time.Minute} {
		i := callBucket(took)
		if took > CallBound(i) || i > 0 && took <= CallBound(i-1) {
			t.Errorf("%v is counted up to %v", took, CallBound(i))
		}
	}
	if i := callBucket(1000 * time.Hour); i != callBuckets-1 {
		t.Errorf("what takes for ever is counted in %d", i)
	}
}
