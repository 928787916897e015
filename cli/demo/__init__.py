"""`clew demo`: the main job on generated leads or on somebody's own file, live, with a report that reconciles."""
