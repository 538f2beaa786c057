package host_test

import "testing"

// The course's staff find their pages, and nobody else learns that there are any.
func TestStaffOverview(t *testing.T) {
	w := newWorld(t, options{})
	run := w.forces()
	other := w.otherCourse()
	address := "/courses/" + run.String() + "/staff"
	ann := w.member("ann", run, "")
	ann.get("/courses/" + run.String()).must(200).without(">Staff<")
	ann.get(address).must(404)
	w.member("dora", other, "instructor").get(address).must(404)
	w.visitor().get(address).must(303)
	sue := w.member("sue", run, "staff")
	sue.get("/courses/"+run.String()).must(200, ">Staff<")
	sue.get(address).must(200, "1 learner is enrolled.", "Every answer has its grade.")
}
