"""What is known about names as people use them: how they sound, decline, shorten and are said in a greeting."""
