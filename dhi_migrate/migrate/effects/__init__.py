"""What the commands of a stage leave behind, and what each package is for."""
