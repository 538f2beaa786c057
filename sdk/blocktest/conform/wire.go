package conform

import (
	"errors"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// asWire finds the contract's error in a failure, nil when there is none.
func asWire(err error) *wire.Error {
	var failure *wire.Error
	if errors.As(err, &failure) {
		return failure
	}
	return nil
}

// hasCode reports whether a failure is of one of the codes.
func hasCode(err error, codes ...wire.Code) bool {
	failure := asWire(err)
	if failure == nil {
		return false
	}
	for _, code := range codes {
		if failure.Code == code {
			return true
		}
	}
	return false
}
