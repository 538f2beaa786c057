package engine

import "context"

// About says whom and what a call is about, for those who watch calls while a block is developed. Engines and blocks do not see
// it: what a block may know of a call stands in its request.
type About struct {
	// Usage is the key of the block's place, "" for none.
	Usage string
	// Subject is the pseudonym of the learner whom the call is about, "" for none.
	Subject string
}

type aboutKey struct{}

// WithAbout lets those who watch calls made with the context know what they are about.
func WithAbout(ctx context.Context, about About) context.Context {
	return context.WithValue(ctx, aboutKey{}, about)
}

// AboutOf is what was said with [WithAbout]; the zero value is nothing.
func AboutOf(ctx context.Context) About {
	about, _ := ctx.Value(aboutKey{}).(About)
	return about
}
