from django.db import models


class Source(models.TextChoices):
    """Who says so; rows of the library are renewed by it, rows of staff are left alone."""

    LIBRARY = "library", "随系统提供"
    STAFF = "staff", "工作人员填写"


class CalendarYear(models.Model):
    """日历年度: whether a year's 放假调休 arrangement is published and entered in full."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    is_complete = models.BooleanField("放假调休安排已公布并录入", default=False)
    source = models.CharField("来源", max_length=8, choices=Source, default=Source.STAFF, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "日历年度"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(condition=models.Q(year__range=(1950, 2999)), name="calendar_year_range"),
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="calendar_year_source"),
        ]

    def __str__(self):
        return f"{self.year}年"

    def save(self, *args, **kwargs):
        """Whoever saves one row by hand owns it; the library writes in bulk."""
        self.source = Source.STAFF
        super().save(*args, **kwargs)


class DayException(models.Model):
    """节假日与调休: a day that is not what its weekday says: a day off in the week, or a weekend day at work."""

    day = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("上班", default=False)
    name = models.CharField("名称", max_length=40)
    source = models.CharField("来源", max_length=8, choices=Source, default=Source.STAFF, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "节假日与调休"
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="day_exception_source"),
        ]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.name}"

    def save(self, *args, **kwargs):
        """Whoever saves one row by hand owns it; the library writes in bulk."""
        self.source = Source.STAFF
        super().save(*args, **kwargs)
