package host

// studioUnitRoutes are the addresses of the unit editor.
func studioUnitRoutes() []Route { return nil }
