package capa

func (v *board) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "s":
			v.Source = s.Text()
		case "a":
			v.Alt = s.Text()
		case "t":
			v.Targets = list(s, (*target).read)
		case "i":
			v.Things = list(s, (*thing).read)
		case "o":
			v.One = s.Truth()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *target) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "i":
			v.ID = s.Text()
		case "x":
			v.X = s.Integer()
		case "y":
			v.Y = s.Integer()
		case "w":
			v.Width = s.Integer()
		case "h":
			v.Height = s.Integer()
		default:
			return s.Unknown()
		}
		return true
	})
}

func (v *thing) read(s *Stored) {
	s.Fields(func(key string) bool {
		switch key {
		case "i":
			v.ID = s.Text()
		case "l":
			v.Label = s.Text()
		case "c":
			v.Icon = s.Text()
		case "t":
			v.Targets = list(s, (*target).read)
		case "n":
			v.Copy = s.Integer()
		default:
			return s.Unknown()
		}
		return true
	})
}
