"""Inside a trained network: what its parts see, answer and learned, and what that shows."""

from cnncourse.inside.slopes import grad_cam, gradient_times_input, saliency, score_gradient

__all__ = ["grad_cam", "gradient_times_input", "saliency", "score_gradient"]
