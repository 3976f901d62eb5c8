"""Addresses of what goes out."""

from django.urls import path

from weilu.console.outbox import tasks, views, writing

urlpatterns = [
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/say/", writing.say, name="outbox_say"),
    path("outbox/picked/", views.picked, name="outbox_picked"),
    path("outbox/<int:pk>/", writing.rewrite, name="outbox_row"),
    path("outbox/<int:pk>/picture.jpg", writing.picture, name="outbox_picture"),
    path("outbox/<int:pk>/act/", views.act, name="outbox_act"),
    path("outbox/tasks/", tasks.tasks, name="tasks"),
    path("outbox/tasks/picked/", tasks.tasks_picked, name="tasks_picked"),
    path("outbox/tasks/<int:pk>/act/", tasks.task_act, name="task_act"),
    path("outbox/tasks/<int:pk>/proof/", tasks.proof, name="task_proof"),
    path("outbox/asks/", tasks.asks, name="join_asks"),
    path("outbox/asks/answer/", tasks.answer_asks, name="join_asks_answer"),
]
