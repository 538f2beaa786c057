// The unit editor.
import "./studio";
