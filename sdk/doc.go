// Package sdk is what a block author imports. A block is a function from a message to a message: it gets what it declared
// it needs and answers with what to show and what to change, and it holds nothing between calls.
//
// A block is an ordinary package with a function Block:
//
//	type Fields struct {
//		DisplayName string   `quoin:"display_name,settings" default:"\"Rate it\"" title:"Name"`
//		Stars       int      `quoin:"stars,user_state"`
//	}
//
//	type rating struct{}
//
//	func (rating) Render(c *sdk.Call, v sdk.View[Fields, sdk.None]) (sdk.Fragment, error) { ... }
//	func (rating) Handle(c *sdk.Call, r *sdk.Request[Fields, sdk.None]) (*sdk.Reply, error) { ... }
//
//	func Block() sdk.Block { return sdk.New[Fields, sdk.None, sdk.None](rating{}, sdk.Spec{ ... }) }
//
// What the block can do is found out from its methods: each capability is an interface of one method (see capability.go),
// so a block implements what it needs and nothing else. The three type parameters are its fields, its public prepared
// value (what its views need instead of the author's text) and its secret prepared value (what scoring needs).
//
// main is generated; `quoin block test` runs the block natively, so tests and debuggers see plain Go.
//
// This package and wire import the standard library only and compile for wasip1.
package sdk
