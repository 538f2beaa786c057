package grading

const rerandomizeSetting = "rerandomize"

// Rerandomize says when a learner's problem gets new random values. The zero value is never.
type Rerandomize uint8

// The rules.
const (
	// RandomizeNever gives everybody seed 1.
	RandomizeNever Rerandomize = iota
	// RandomizePerStudent gives each learner one of 20 seeds, for good.
	RandomizePerStudent
	// RandomizeOnReset gives a new seed with each sitting.
	RandomizeOnReset
	// RandomizeAlways does too, and a new sitting is needed before each further try.
	RandomizeAlways
)

func rerandomizeNames() []string { return []string{"never", "per_student", "onreset", "always"} }

// ParseRerandomize reads rerandomize where an author set it. Old courses write "true" and "" for always, "false" for per
// student (Open edX: Randomization.from_json); where the setting is absent, the zero value is the default. The error is an
// [*UnknownSetting].
func ParseRerandomize(text string) (Rerandomize, error) {
	switch text {
	case "", "true":
		return RandomizeAlways, nil
	case "false":
		return RandomizePerStudent, nil
	}
	return parseName[Rerandomize](rerandomizeSetting, text, rerandomizeNames())
}

// Reseeds reports whether a reset changes the seed.
func (r Rerandomize) Reseeds() bool { return r == RandomizeOnReset || r == RandomizeAlways }

// String gives Open edX's name.
func (r Rerandomize) String() string { return nameOf(r, rerandomizeNames()) }

// MarshalText implements [encoding.TextMarshaler].
func (r Rerandomize) MarshalText() ([]byte, error) {
	return marshalName(rerandomizeSetting, r, rerandomizeNames())
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (r *Rerandomize) UnmarshalText(text []byte) error {
	return unmarshalName(r, text, ParseRerandomize)
}
