from favae_demo.core.settings import Settings
from favae_demo.data.io.images import decode
from favae_demo.data.mvtec import load_category


def test_no_test_sees_the_users_folders():
    settings = Settings.from_env()
    for folder in (settings.data_dir, settings.checkpoint_dir, settings.runs_dir):
        assert "pytest" in str(folder)


def test_project_settings_lie_in_the_temporary_folder(project_settings, tmp_path):
    assert project_settings.data_dir == tmp_path / "data"
    assert project_settings.runs_dir.is_dir()
    assert Settings.from_env() == project_settings


def test_generated_parts_vary(tiny_mvtec):
    images = {decode(sample.path).tobytes() for sample in load_category(tiny_mvtec, "widget").samples}
    assert len(images) == 24
