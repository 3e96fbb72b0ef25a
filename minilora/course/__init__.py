"""The course: lessons become notebooks, exercises are generated from the library, and a student's file is judged."""
