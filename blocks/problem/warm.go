package problem

import (
	"encoding/json"

	"github.com/quoin-lms/quoin/blocks/problem/capa"
)

// warm encodes and decodes every kind of value once, so that the tables which encoding/json builds at first use are in the
// image that each call starts from. The SDK does the same for the messages.
func warm() {
	for _, sample := range sampleSources() {
		prepared, _, err := compile(sample)
		if err != nil {
			continue
		}
		answers, _ := prepared.Secret.Solve()
		_ = again(prepared.Public)
		_ = again(prepared.Secret)
		_ = again(&answers)
		if verdict, err := verdictOf(prepared.Secret.Grade(answers)); err == nil {
			_, _ = resultOf(&verdict)
		}
	}
	_ = again(&detail{Failure: &capa.Failure{}, Parts: []partDetail{{Feedback: &capa.Feedback{}}}, Targeted: []capa.Explanation{{}}})
}

// again encodes a value and decodes it into itself; what comes of it is of no interest.
func again[V any](value *V) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, value)
}
