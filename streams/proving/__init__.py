"""Any published figure, worked out again from posts.v1 and set beside what was published."""
