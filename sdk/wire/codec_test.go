package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// withCodec lists the messages that codec.go knows.
func withCodec(t testing.TB) []reflect.Type {
	t.Helper()
	var types []reflect.Type
	for _, message := range messages() {
		kind := reflect.TypeOf(message)
		if _, ok := reflect.New(kind).Interface().(codedInto); ok {
			types = append(types, kind)
		}
	}
	if len(types) < 15 {
		t.Fatalf("the codec knows %d messages only", len(types))
	}
	return types
}

// Whatever a message holds, the codec writes the bytes that encoding/json writes and reads what encoding/json reads, by itself.
func TestCodec(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, kind := range withCodec(t) {
		t.Run(kind.Name(), func(t *testing.T) {
			for range 300 {
				message := reflect.New(kind)
				scramble(random, message.Elem(), 6)
				want, err := json.Marshal(message.Interface())
				if err != nil {
					t.Fatal(err)
				}
				w := &writer{}
				if message.Interface().(coded).writeJSON(w); w.unsure || !bytes.Equal(w.data, want) {
					t.Fatalf("written (left to encoding/json: %t)\n%s\ninstead of\n%s", w.unsure, w.data, want)
				}
				held(t, kind, want)
				var spaced bytes.Buffer
				if err := json.Indent(&spaced, want, " ", "\t"); err != nil {
					t.Fatal(err)
				}
				held(t, kind, spaced.Bytes())
			}
		})
	}
}

// held holds the codec to encoding/json by what both read.
func held(t *testing.T, kind reflect.Type, data []byte) {
	t.Helper()
	got, want := reflect.New(kind), reflect.New(kind)
	errWant := json.Unmarshal(data, want.Interface())
	errGot := unmarshal(data, got.Interface())
	if (errGot == nil) != (errWant == nil) || errWant != nil && errGot.Error() != errWant.Error() {
		t.Fatalf("%s: %q\nencoding/json says %v, the codec %v", kind.Name(), data, errWant, errGot)
	}
	if errWant == nil && !reflect.DeepEqual(got.Interface(), want.Interface()) {
		t.Fatalf("%s: %q\nread\n%+v\ninstead of\n%+v", kind.Name(), data, got.Elem(), want.Elem())
	}
}

// What the codec reads of its own messages it reads itself: a codec that leaves everything to encoding/json would be equal too.
func TestCodecReadsByItself(t *testing.T) {
	for data, want := range map[string]bool{
		`{"outcome":"scored","earned":1.5e2,"possible":2,"parts":[{"id":"a\n\u003c\ud83d\ude00é"}],"data":{"a":[1,null]},"later":{"x":[]}}`: true,
		` null `:                        true,
		`{"outcome":null,"data":null}`:  true,
		`{"Outcome":"scored"}`:          false, // encoding/json takes it for ours
		`{"outcome":"\ud83d"}`:          false,
		`{"outcome":"\ud83d \ude00"}`:   false,
		"{\"outcome\":\"\xff\"}":        false,
		`{"outcome ":"scored"}`:         false,
		`{"parts":[],"parts":[{}]}`:     false,
		`{"until":1.0}`:                 false,
		`{"until":01}`:                  false,
		`{"until":9223372036854775807}`: false,
		`{"outcome":"scored",}`:         false,
		`{"outcome":"scored"} x`:        false,
		`{"data":"` + "\n" + `"}`:       false,
		`{"data":` + strings.Repeat("[", deepest) + strings.Repeat("]", deepest) + `}`:   true,
		`{"data":[` + strings.Repeat("[", deepest) + strings.Repeat("]", deepest) + `]}`: false,
	} {
		r := &reader{data: []byte(data)}
		if new(Verdict).read(r); r.ended() != want {
			t.Errorf("%s: read by the codec itself: %t", data, !want)
		}
		held(t, reflect.TypeFor[Verdict](), []byte(data))
	}
}

// What JSON does not have is refused as encoding/json refuses it, and no message is null.
func TestCodecRefuses(t *testing.T) {
	for _, value := range []any{
		Verdict{Earned: math.NaN()},
		&Verdict{Parts: []Part{{Earned: math.Inf(1)}}},
		Verdict{Data: json.RawMessage("{")},
		&GradeRequest{Submission: Submission{Answers: json.RawMessage{}}}, (*Verdict)(nil),
	} {
		want, errWant := json.Marshal(value)
		got, errGot := marshal(value)
		if !bytes.Equal(got, want) || (errWant == nil) != (errGot == nil) || errWant != nil && errWant.Error() != errGot.Error() {
			t.Errorf("%+v gave %s, %v instead of %s, %v", value, got, errGot, want, errWant)
		}
	}
	into := Verdict{Outcome: OutcomeScored, Earned: 1}
	if err := unmarshal([]byte(`{"earned":"x"}`), &into); err == nil || into.Outcome != OutcomeScored {
		t.Errorf("what is refused changed the message: %v, %+v", err, into)
	}
	if err := unmarshal([]byte(`{"earned":2}`), &into); err != nil || into.Outcome != "" || into.Earned != 2 {
		t.Errorf("a message keeps what it held before: %v, %+v", err, into)
	}
}

// FuzzCodec gives any bytes to the codec and to encoding/json.
func FuzzCodec(f *testing.F) {
	types := withCodec(f)
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		data, _, _ = bytes.Cut(data, []byte("segment:"))
		for i := range types {
			if strings.EqualFold(types[i].Name()+".golden", filepath.Base(file)) {
				f.Add(byte(i), data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, n byte, data []byte) {
		kind := types[int(n)%len(types)]
		held(t, kind, data)
		message := reflect.New(kind)
		if unmarshal(data, message.Interface()) != nil {
			return
		}
		want, errWant := json.Marshal(message.Interface())
		got, errGot := marshal(message.Interface())
		if !bytes.Equal(got, want) || (errWant == nil) != (errGot == nil) {
			t.Fatalf("%s: %q\nwritten\n%s, %v\ninstead of\n%s, %v", kind.Name(), data, got, errGot, want, errWant)
		}
	})
}

var (
	strange = []string{"", "a", "plain text", "<b>&amp;</b>", "é\u2028\u2029😀", "\xff\xfe", "\x00\x1f\x7f\b\f\n\r\t", `"\/`, "\ufffd", "key_1", "Schlüssel"}
	numbers = []float64{0, math.Copysign(0, -1), 1, -1, 0.5, 9.81, 1e-6, 9e-7, -3e-9, 1e15, 123456789012345680, 1e20, 1e21, -1e300, math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1 + 0.2}
	wholes  = []int64{0, 1, -1, 42, -1234567890, 1 << 53, 99999999999999999}
	raws    = []string{"null", "{}", "[]", " [ 1 , 2.50e+3 ] ", `{"a b" : "<&>\u2028  \" \\", "c":[true,false,null]}`, `"` + "\u2028\u2029é\xff" + `"`, "-0", `"\ud83d"`}
)

// scramble fills a value with anything.
func scramble(random *rand.Rand, value reflect.Value, depth int) {
	switch value.Type() {
	case reflect.TypeFor[json.RawMessage]():
		if random.IntN(4) > 0 {
			value.SetBytes([]byte(pick(random, raws)))
		}
		return
	case reflect.TypeFor[Blob]():
		value.Set(reflect.ValueOf(Blob{at: random.IntN(4)}))
		return
	}
	switch value.Kind() {
	case reflect.String:
		value.SetString(pick(random, strange))
	case reflect.Bool:
		value.SetBool(random.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		value.SetInt(pick(random, wholes))
	case reflect.Float64:
		value.SetFloat(pick(random, numbers))
	case reflect.Struct:
		for i := range value.NumField() {
			if value.Type().Field(i).IsExported() {
				scramble(random, value.Field(i), depth)
			}
		}
	default:
		if depth > 0 && random.IntN(3) > 0 {
			scrambleHolder(random, value, depth-1)
		}
	}
}

func scrambleHolder(random *rand.Rand, value reflect.Value, depth int) {
	switch value.Kind() {
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		scramble(random, value.Elem(), depth)
	case reflect.Slice:
		n := random.IntN(4)
		value.Set(reflect.MakeSlice(value.Type(), n, n))
		for i := range n {
			scramble(random, value.Index(i), depth)
		}
	case reflect.Map:
		value.Set(reflect.MakeMap(value.Type()))
		for range random.IntN(4) {
			element := reflect.New(value.Type().Elem()).Elem()
			scramble(random, element, depth)
			value.SetMapIndex(reflect.ValueOf(pick(random, strange)), element)
		}
	default:
		panic("messages may not hold a " + value.Kind().String())
	}
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }
