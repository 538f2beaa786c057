package host

import (
	"log/slog"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/quoin-lms/quoin/runtime/access"
)

// appsBody is the page on which a course team switches apps on and off.
type appsBody struct {
	Action string
	// May says that the reader may switch.
	May  bool
	Apps []appPart
}

type appPart struct {
	Type, Title, Description string
	Off                      bool
	// Places are where it shows itself, Reasons what its author asks permission for.
	Places, Reasons []string
}

// maySwitchApps reports whether the person decides which apps the course has: its administrators do.
func maySwitchApps(p *access.Person) bool { return p.Admin || p.Has(access.RoleInstructor) }

func (r *request) staffApps() error {
	apps, err := r.kernel().AllApps(r.ctx(), r.course)
	if err != nil {
		return err
	}
	body := &appsBody{Action: r.staffPath() + "/apps", May: maySwitchApps(r.person)}
	var focus *notice
	for i := range apps {
		app := &apps[i]
		app.Title = app.Version.Title(app.Type, r.words.Language)
		part := appPart{Type: app.Type, Title: app.Title, Description: app.Description, Off: app.Off}
		for _, permission := range app.Version.Manifest.Permissions {
			part.Reasons = append(part.Reasons, permission.Reason)
			if permission.Name != "slot" {
				continue
			}
			for _, slot := range permission.Values {
				part.Places = append(part.Places, r.words.T("slot."+slot))
			}
		}
		if r.Query("app") == app.Type {
			focus = &notice{Kind: "good", Text: r.words.T("apps.switched_on", app.Title)}
			if app.Off {
				focus.Text = r.words.T("apps.switched_off", app.Title)
			}
		}
		body.Apps = append(body.Apps, part)
	}
	return r.showStaffStatus(fiber.StatusOK, "staffapps.html", "apps", r.words.T("apps.title"), body, focus)
}

// switchApp turns an app on or off. What it stored stays.
func (r *request) switchApp() error {
	if !maySwitchApps(r.person) {
		return fiber.NewError(fiber.StatusForbidden, r.words.T("apps.limited"))
	}
	name, do := r.form("app"), r.form("do")
	if do != "on" && do != "off" {
		return fiber.ErrBadRequest
	}
	if err := r.kernel().SwitchApp(r.ctx(), r.course, name, do == "on"); err != nil {
		return err
	}
	r.server.config.Log.LogAttrs(r.ctx(), slog.LevelInfo, "an app was switched", slog.String("request", r.id), slog.String("course", r.course.String()),
		slog.String("app", name), slog.String("to", do), slog.String("by", r.person.Learner))
	return r.Redirect(r.staffPath()+"/apps?"+url.Values{"app": {name}}.Encode(), fiber.StatusSeeOther)
}
