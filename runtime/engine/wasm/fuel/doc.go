// Package fuel rewrites WebAssembly modules so that they count what they spend and stop when it is used up.
//
// wazero can stop a guest only through its context, which costs a multiple of a short call, and Go cannot preempt the
// machine code that wazero makes: one looping guest stops every goroutine once the garbage collector wants to run. So a
// module is rewritten, once, before it is compiled. Rewrite takes a core module (WebAssembly 2.0 with SIMD, and tail
// calls), validates it completely, and returns one that behaves the same, but
//
//   - a mutable i64 global, the counter, is taken down by what each piece of code costs,
//   - where control enters a function, where it goes backwards, and here and there after a call, the counter is looked at;
//     if it is below zero, the guest calls the imported function quoin.fuel.refuel, which grants the next slice or refuses,
//   - everything that a call can leave behind can be put back (see Result.Globals) or is reported (Result.SingleUse).
//
// # What the host does
//
// The host defines refuel(counter i64) -> i64. The argument is the counter, below zero; what the host last put there minus
// this is what was spent since. The result is the new counter: zero or more grants a slice, less than zero refuses and the
// guest traps with "unreachable". A grant stays below 2^62. The host may also panic, or block. A new instance's counter is
// zero, so that its first step asks for fuel; the host may set it through the export CounterExport instead, before each
// call, and reads it there after the call. What the host grants and when does not change the count.
//
// While the guest runs, the counter is lower than what was spent, never higher: code is paid for ahead. After a call that
// returned it is exact. After a trap it may show more than was run, but always the same.
// A host function may take from the counter for its own work, through the same export.
//
// # The module
//
// Sections are read front to back and written on the way. Added are: three function types behind the guest's; the import,
// last among the imports; four functions (helpers.go) behind the guest's; the counter behind the guest's globals; exports
// of the counter and of each mutable global under names that begin with ReservedPrefix, which the guest may not use. The
// import moves every defined function's index up by one: in call, return_call and ref.func, in all eight kinds of element
// segments, in exports, in the initial values of globals, in the name section. Nothing else changes its index. The memory's
// and tables' limits become those of the Config. Of the custom sections only the names of module and functions stay: the
// offsets in the others (DWARF) would be wrong.
//
// A rewritten module could make good use of code that its original may not: an index just behind the last global is the
// counter. So the validation here is complete, operand types included, and stricter than wazero's: what Rewrite accepts is
// valid by the specification, and refers to nothing that was added.
//
// # What is charged
//
// A unit is one executed instruction; cost.go has the table. Operations over a range (memory.fill, table.copy,
// memory.grow and so on) pay by length before they run: the length is on top of the operand stack, a helper takes it,
// charges it, checks, and gives it back.
//
// # Where it is charged
//
// Code between two points (meter.go: entry, loop header, the arms of an if, the end of a block that is branched to, behind
// a br_if, before a br, br_table, return and so on) is a straight line: it runs from beginning to end or traps. The plain
// way is to charge each line where it begins; settle.go charges less often and comes to the same sum. To each place in the
// code belongs an amount that has been paid ahead there, the same by whatever way control came. Going backwards through the
// function, from what is known behind an instruction follows what must have been paid ahead before it:
//
//   - return, unreachable, a tail call: nothing.
//   - The end of a block: whatever the code behind it needs. Every way there pays that ahead, so nothing is charged. But
//     where a br_table arrives, or a branch out of a loop, nothing is ahead and the line behind is charged there: a table
//     knows only one amount for all its targets, and a loop would pay and give back in every round.
//   - br: what its target needs.
//   - br_if: both ways have the same amount ahead, that of the target. Behind it the difference to what follows is charged.
//   - if without else: what its end needs; the arm charges itself when it is taken. An arm that leaves gives back what had
//     been paid for code behind the end. With else: what the arm that does not leave needs, else the cheaper one; the other
//     charges the difference.
//   - loop: nothing; the header charges its line in every round. A loop that nothing branches to is no loop.
//   - A call of one of the guest's own functions: what follows it, up to maxAhead units; more is charged behind the call.
//   - The entry charges what is needed there.
//
// Amounts paid ahead are never negative, so the counter is never higher than granted less spent.
//
// # Dispatches
//
// Go compiles a function to a state machine: a loop around a br_table over the parameter PC_B, whose targets are the places
// where the function can go on. A jump sets PC_B to a constant and branches to the loop; a call may unwind the function (to
// switch goroutines, or to move its stack), which is later entered again with PC_B at the place behind the call. dispatch.go
// recognises this: a loop with nothing but blocks, a local.get and a br_table over it before anything else, or the same
// without loop at the entry of a function of type (i32) -> i32. If every branch to the loop is a br straight behind i32.const
// and local.set of that local, it is known where each jump goes, and it pays ahead what that very target needs; the table's
// targets charge nothing. Whoever comes to the table for the first time pays for the first target, and with the local not
// zero what the most expensive one needs on top. So a function that is entered again in the middle may pay more than it
// runs; that depends on nothing but the guest's own doing.
//
// # Where the counter is checked
//
// At every function's entry. At the header of every loop that is branched to, except that jumps through a dispatch which go
// forwards need no check, and those which go backwards check before their br instead: whoever runs for ever goes backwards
// infinitely often. (If the first loop is reached from the entry without a call and checks itself, the entry does not.)
// In the helpers that charge a length. And wherever more than maxTail units may have been spent since a call returned:
// a deep recursion would unwind without asking, if it does its work behind the call. That is also why little is paid ahead
// across a call: nothing would be left to charge on the way up.
//
// So between two checks a guest runs at most the length of one function, or, while it unwinds, maxTail units for each frame.
// The check is written so that wazero keeps the call out of the way (helpers.go).
//
// # Working on it
//
// The oracle of the tests charges before every single instruction; FuzzPrograms compares generated programs with it, and
// they must agree to the unit. TestSpecification runs the specification's own suite, plain and metered. Whoever changes what
// anything costs raises CostVersion: TestCostVersion notices.
package fuel
