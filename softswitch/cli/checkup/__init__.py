"""What `softswitch doctor` looks at, one file a subject. Each gives findings and changes nothing."""
