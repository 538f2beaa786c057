package host

// peopleRoutes are the pages on which staff work with the people of a course.
func peopleRoutes() []Route {
	const staff = "/courses/:course/staff"
	const list = staff + "/lists/:list"
	return []Route{
		{Method: "GET", Path: staff + "/people", Who: CourseStaff, Kind: Page, Handle: (*request).peopleListed},
		{Method: "GET", Path: staff + "/people.csv", Who: CourseStaff, Kind: File, Handle: (*request).peopleSheet},
		{Method: "GET", Path: staff + "/enrol", Who: CourseStaff, Kind: Page, Handle: (*request).enrolPage},
		{Method: "POST", Path: staff + "/lists", Who: CourseStaff, Kind: Page, Handle: (*request).handList},
		{Method: "GET", Path: list, Who: CourseStaff, Kind: Page, Handle: (*request).listPage},
		{Method: "GET", Path: list + "/progress", Who: CourseStaff, Kind: Data, Handle: (*request).progressOfList},
		{Method: "GET", Path: list + "/results.csv", Who: CourseStaff, Kind: File, Handle: (*request).listSheet},
		{Method: "POST", Path: list + "/start", Who: CourseStaff, Kind: Page, Handle: (*request).startList},
		{Method: "POST", Path: list + "/undo", Who: CourseStaff, Kind: Page, Handle: (*request).undoList},
		{Method: "GET", Path: staff + "/invitations", Who: CourseStaff, Kind: Page, Handle: (*request).invitations},
		{Method: "POST", Path: staff + "/invitations/revoke", Who: CourseStaff, Kind: Page, Handle: (*request).revokeInvitation},
		{Method: "GET", Path: staff + "/team", Who: CourseStaff, Kind: Page, Handle: (*request).team},
		{Method: "POST", Path: staff + "/team/grant", Who: CourseStaff, Kind: Page, Handle: (*request).grantRole},
		{Method: "POST", Path: staff + "/team/revoke", Who: CourseStaff, Kind: Page, Handle: (*request).revokeRole},
		{Method: "GET", Path: staff + "/cohorts", Who: CourseStaff, Kind: Page, Handle: (*request).cohorts},
		{Method: "POST", Path: staff + "/cohorts", Who: CourseStaff, Kind: Page, Handle: (*request).saveCohort},
		{Method: "POST", Path: staff + "/cohorts/delete", Who: CourseStaff, Kind: Page, Handle: (*request).deleteCohort},
		{Method: "POST", Path: staff + "/cohorts/move", Who: CourseStaff, Kind: Page, Handle: (*request).moveOne},
		{Method: "POST", Path: staff + "/cohorts/draw", Who: CourseStaff, Kind: Page, Handle: (*request).drawCohorts},
	}
}
