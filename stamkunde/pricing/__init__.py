"""What a thing costs whom, and why: price books, offers, and the evaluator that till, web and machines all ask."""
